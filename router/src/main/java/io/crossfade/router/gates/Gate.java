package io.crossfade.router.gates;

/** One thing that must be so before a kind goes on. */
public enum Gate {
  /** Enough compared records agree, with statistical confidence. */
  CONSISTENCY,
  /** Comparisons named every row that was planted for them, and no other. */
  PROOF,
  /** No urgent event is missing from an output without an explanation. */
  URGENT_EVENTS,
  /** No record differs or is missing without an explanation. */
  UNEXPLAINED,
  /** The oldest entry whose row is not committed is young. */
  BACKLOG_AGE,
  /** The stage has lasted. */
  SOAK,
  /** The stream needs much less time from acceptance to row. */
  LATENCY,
  /** Few records that were meant for the stream fell back. */
  ERRORS,
  /** The stream's writers store more rows per second of writing. */
  THROUGHPUT,
  /** No memory queue holds a record. */
  LEGACY_EMPTY,
  /** All checks of one's own, each with a verdict of its own. */
  CHECK
}
