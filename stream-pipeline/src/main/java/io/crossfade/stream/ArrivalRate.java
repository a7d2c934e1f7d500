package io.crossfade.stream;

import java.time.Duration;

/**
 * How fast entries come to one consumer: an average over the time that has passed, in which what
 * came a quarter of a second ago counts a third of what comes now.
 */
final class ArrivalRate {

  private static final double MEMORY_NANOS = Duration.ofMillis(250).toNanos();

  private double perNano;

  /**
   * Learns from a read.
   *
   * @param entries that came with it
   * @param nanos since the read before
   */
  void read(int entries, long nanos) {
    double weight = -Math.expm1(-nanos / MEMORY_NANOS);
    if (weight > 0) {
      perNano += weight * ((double) entries / nanos - perNano);
    }
  }

  /** How long it takes so many entries to come, in nanoseconds; for ever while none have come. */
  long nanosFor(int entries) {
    return (long) (entries / perNano);
  }
}
