package io.crossfade.db.kind;

/** Which of several records with the same key a row shows. */
public enum Keep {
  /** The first accepted: a repeat changes nothing. */
  FIRST,
  /**
   * The one with the latest time; of equal ones the last accepted. The time is no part of its key.
   */
  LATEST
}
