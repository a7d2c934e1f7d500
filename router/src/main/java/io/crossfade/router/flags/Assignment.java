package io.crossfade.router.flags;

/** What the flags want for a record: which path serves, and whether the other gets a copy. */
public enum Assignment {
  LEGACY_ONLY,
  LEGACY_MIRRORED,
  STREAM_ONLY,
  STREAM_MIRRORED;

  public static Assignment of(boolean stream, boolean dualWrite) {
    if (stream) {
      return dualWrite ? STREAM_MIRRORED : STREAM_ONLY;
    }
    return dualWrite ? LEGACY_MIRRORED : LEGACY_ONLY;
  }

  /** Whether the stream serves. */
  public boolean byStream() {
    return this == STREAM_ONLY || this == STREAM_MIRRORED;
  }

  /** Whether the path that does not serve gets a copy. */
  public boolean mirrored() {
    return this == LEGACY_MIRRORED || this == STREAM_MIRRORED;
  }
}
