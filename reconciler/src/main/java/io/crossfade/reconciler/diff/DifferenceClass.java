package io.crossfade.reconciler.diff;

/** How two outputs differ in a row. */
public enum DifferenceClass {
  /** The legacy output has the row, the stream output does not. */
  MISSING_IN_STREAM,
  /** The stream output has the row, the legacy output does not. */
  MISSING_IN_LEGACY,
  /** Both have the row and fields differ. */
  FIELDS_DIFFER,
  /** One output has the record a second time, under an id that its natural key does not give. */
  REPEATED,
  /**
   * A row holds what this release cannot read, such as a route reason of a newer one; whether the
   * outputs agree in it cannot be said.
   */
  UNREADABLE
}
