package io.crossfade.router.intake;

/** Why an upload was not read to its end; also the tag of its metric. */
enum TurnedAway {
  /** The budget had no room for it. */
  NO_ROOM,
  /** It came slower than the least rate, or took longer than a body may. */
  SLOW,
  /** It was the slower one when another needed room, or came when the router stopped. */
  GAVE_WAY
}
