package io.crossfade.router.flags;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How far the migration of a kind is. Named from its first two flags, never stored. */
public enum Stage {
  LEGACY,
  SHADOW,
  CANARY,
  LIVE,
  COMPLETE,
  /** A combination of flags that is none of the others. */
  NONE;

  static Stage of(Cohort cohort, boolean dualWrite) {
    if (cohort.nobody()) {
      return dualWrite ? SHADOW : LEGACY;
    }
    if (cohort.everybody()) {
      return dualWrite ? LIVE : COMPLETE;
    }
    return dualWrite ? CANARY : NONE;
  }

  /** Name in the API, for example {@code shadow}. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether it comes after the other on the way to complete. */
  public boolean isPast(Stage other) {
    return compareTo(other) > 0;
  }
}
