package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import org.jspecify.annotations.Nullable;

/**
 * A row of the flags that this router cannot use: damaged, of another release, or with a strategy
 * that is not ours. What its kind was last switched to counts on.
 *
 * @param feature as the row calls it
 * @param kind that it belongs to; {@code null} when this release has no such feature
 * @param why it cannot be used
 * @param strategy one that is not ours, set by hand: a danger, for whoever set it thinks that it
 *     selects devices
 */
public record Aside(String feature, @Nullable Kind kind, String why, @Nullable String strategy) {

  @Override
  public String toString() {
    return feature + ": " + why;
  }
}
