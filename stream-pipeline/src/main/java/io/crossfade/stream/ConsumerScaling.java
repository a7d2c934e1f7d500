package io.crossfade.stream;

import java.time.Duration;

/** Decides how many consumers a kind needs. Pure: the caller says what waits and who is busy. */
final class ConsumerScaling {

  /** Entries waiting beyond which another consumer starts. */
  static final long BACKLOG = 1_000;

  /** How long one consumer less must have been enough before one beyond the first stops. */
  static final Duration SPARE = Duration.ofSeconds(10);

  /** Of its time that each of the others may spend writing then: entries come in bursts. */
  private static final double MOST_BUSY = 0.6;

  private ConsumerScaling() {}

  /**
   * @param consumers running now
   * @param most allowed
   * @param waiting entries that no consumer has read
   * @param spareFor how long {@link #oneIsSpare} has been true
   * @return how many should run, at most one more or less than now
   */
  static int decide(int consumers, int most, long waiting, Duration spareFor) {
    if (consumers < 1 || (waiting > BACKLOG && consumers < most)) {
      return consumers + 1;
    }
    return consumers > 1 && spareFor.compareTo(SPARE) >= 0 ? consumers - 1 : consumers;
  }

  /**
   * Whether one consumer less would be enough. Something nearly always waits while devices send, so
   * that an empty stream would be the wrong sign: consumers beyond need share its batches out.
   *
   * @param busy consumers' worth of writing: 1.5 when one wrote all the time and another half of it
   */
  static boolean oneIsSpare(int consumers, long waiting, double busy) {
    return waiting <= BACKLOG && busy < MOST_BUSY * (consumers - 1);
  }
}
