package io.crossfade.db;

import java.time.Instant;

/**
 * Format of the acceptance stamp: a total order over acceptances in one {@code long}. 43 bits of
 * epoch ms, 10 bits of sequence within the millisecond, 10 bits of the node that accepted. Windows
 * are cut by it.
 */
public final class AcceptanceStamp {

  public static final int NODE_BITS = 10;
  public static final int SEQUENCE_BITS = 10;
  private static final int MILLIS_SHIFT = NODE_BITS + SEQUENCE_BITS;

  private AcceptanceStamp() {}

  /** The smallest stamp of that millisecond; as a bound it makes half-open windows. */
  public static long floor(Instant instant) {
    return instant.toEpochMilli() << MILLIS_SHIFT;
  }

  /** The millisecond in which the record was accepted. */
  public static Instant instantOf(long stamp) {
    return Instant.ofEpochMilli(stamp >> MILLIS_SHIFT);
  }
}
