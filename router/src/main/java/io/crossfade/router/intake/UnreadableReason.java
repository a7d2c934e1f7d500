package io.crossfade.router.intake;

/** Why an item of an upload became no record, or not all of it; also the tag of its metric. */
enum UnreadableReason {
  NOT_AN_OBJECT,
  NO_DEVICE_ID,
  NO_EVENT_TYPE,
  TEXT_TOO_LONG,
  RECORD_TOO_LARGE,
  /** A field that every record has is not there. */
  FIELD_MISSING,
  /** A field has a value that is none of its type, or out of its range. */
  FIELD_UNREADABLE,
  /** Its time is further ahead than a clock may be. */
  CLOCK_AHEAD,
  /** Two rows of one record have the same key. */
  ROW_REPEATED,
  /** The code of its kind does not take it for a record. */
  ITEM_REFUSED,
  /** The code of its kind threw, did not come back, or made no object of it. */
  CODE_FAILED,
  /** The event stands, what was measured with it does not. */
  HEALTH_DATA_UNREADABLE,
  /** The measurement stands, what was reported for the day or week does not. */
  FACT_UNREADABLE,
  /** Likewise, for it is larger than it may be. */
  FACT_TOO_LARGE
}
