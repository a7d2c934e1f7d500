package io.crossfade.router.intake;

/** Why an item of an upload became no record; also the tag of its metric. */
enum UnreadableReason {
  NOT_AN_OBJECT,
  NO_DEVICE_ID,
  NO_EVENT_TYPE,
  TEXT_TOO_LONG,
  HEALTH_DATA_UNREADABLE
}
