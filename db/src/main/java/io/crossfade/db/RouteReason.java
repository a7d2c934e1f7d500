package io.crossfade.db;

/**
 * Why a record went down the path that wrote it. Stored with the row and never compared. Constants
 * are only ever appended: the ordinal is part of the entry format, the name part of the schema.
 */
public enum RouteReason {
  /** The flags of its kind chose this path. */
  FLAG,
  /** The client asked for the stream by using a v2 endpoint. */
  OPT_IN,
  /** The copy that dual write sends down the other path. */
  MIRROR,
  /** Redis refused or did not answer in time; the memory queue took over. */
  STREAM_UNAVAILABLE,
  /** The path never wrote it; the reconciler brought it over from the other output. */
  REPAIR
}
