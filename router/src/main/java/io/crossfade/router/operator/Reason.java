package io.crossfade.router.operator;

import org.jspecify.annotations.Nullable;

/** Why somebody changes something: everything that is recorded has one. */
public final class Reason {

  private static final int LONGEST = 1_000;

  private Reason() {}

  /** The reason that was given, without blanks around it. */
  public static String of(@Nullable String given) throws RefusedException {
    if (given == null || given.isBlank() || given.length() > LONGEST) {
      throw new RefusedException(
          Refusal.REASON_MISSING, "A reason of 1 to %d characters is wanted".formatted(LONGEST));
    }
    return given.strip();
  }
}
