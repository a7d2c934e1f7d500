package io.crossfade.router.rollout;

/**
 * A row of the flags that this router cannot use: damaged, or of another release. What its kind was
 * last switched to counts on.
 *
 * @param feature as the row calls it
 * @param why it cannot be used
 */
public record Aside(String feature, String why) {

  @Override
  public String toString() {
    return feature + ": " + why;
  }
}
