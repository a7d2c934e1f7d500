package io.crossfade.reconciler.diff;

/** Why the outputs may differ in a row without anything being wrong with the new path. */
public enum Explanation {
  /** Redis was not available and the memory queue took over. */
  FALLBACK,
  /**
   * The path that should have got the copy did not take it, and that was noted; or its router died
   * before it knew.
   */
  MIRROR_DROPPED,
  /** The path could not write it and kept it in the dead letters. */
  DEAD_LETTER,
  /** It died with the memory of a router; the acceptance journal proves it. */
  LOST_IN_MEMORY,
  /** Somebody answers for it until a day. */
  RULE
}
