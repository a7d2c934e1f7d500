package io.crossfade.reconciler.diff;

/**
 * Why the outputs may differ in a row without anything being wrong with the new path. Each needs
 * evidence of the acceptance that the output lacks; see RATIONALE.md.
 */
public enum Explanation {
  /** Redis was not available and the memory queue took over; the row itself says so. */
  FALLBACK,
  /** The path had no room, the device was told to send it again, and has not yet. */
  REFUSED,
  /**
   * The path that should have got the copy did not take it, and that was noted; or its router died
   * before it knew.
   */
  MIRROR_DROPPED,
  /** The path could not write it and kept it in the dead letters. */
  DEAD_LETTER,
  /** It was in the memory of a router that died; the acceptance journal proves both. */
  LOST_IN_MEMORY,
  /** Somebody answers for it until a day. */
  RULE
}
