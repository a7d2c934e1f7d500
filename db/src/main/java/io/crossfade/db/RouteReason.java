package io.crossfade.db;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  REPAIR;

  private static final List<byte[]> NAMES =
      Arrays.stream(values()).map(one -> one.name().getBytes(StandardCharsets.US_ASCII)).toList();

  /**
   * The constant of a name as the database sends it, without making a string of it; {@code null}
   * for one that only a newer release knows.
   */
  static @Nullable RouteReason of(byte[] name) {
    for (RouteReason reason : values()) {
      if (Arrays.equals(NAMES.get(reason.ordinal()), name)) {
        return reason;
      }
    }
    return null;
  }
}
