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
  private static final long LAST_MILLISECOND = Long.MAX_VALUE >> MILLIS_SHIFT;

  private AcceptanceStamp() {}

  /**
   * The smallest stamp of that millisecond; as a bound it makes half-open windows. What no stamp
   * can hold, before 1970 or after 2248, is before or after all of them.
   */
  public static long floor(Instant instant) {
    if (instant.getEpochSecond() < 0) {
      return 0;
    }
    return instant.getEpochSecond() >= LAST_MILLISECOND / 1_000
        ? Long.MAX_VALUE
        : instant.toEpochMilli() << MILLIS_SHIFT;
  }

  /** The millisecond in which the record was accepted. */
  public static Instant instantOf(long stamp) {
    return Instant.ofEpochMilli(stamp >> MILLIS_SHIFT);
  }
}
