package io.crossfade.router.operator;

import org.jspecify.annotations.Nullable;

/**
 * A setting of this router.
 *
 * @param value as one would set it; {@code null} when nothing is set, or when it is {@code hidden}
 * @param hidden whether a value is set that looks like a secret
 * @param origin where it comes from
 * @param place where exactly, for example file and line, or the variable's name; {@code null} for a
 *     default
 */
public record Setting(
    String name, @Nullable String value, boolean hidden, Origin origin, @Nullable String place) {

  /** What has the last word on a setting. */
  public enum Origin {
    DEFAULT,
    FILE,
    ENVIRONMENT,
    SYSTEM_PROPERTY,
    COMMAND_LINE,
    ELSEWHERE
  }
}
