package io.crossfade.legacy;

import io.crossfade.db.Kind;
import java.time.Duration;

/**
 * How a kind is queued and batched, by the formulas of the system being migrated.
 *
 * @param capacity records held at most, queued or in a batch
 * @param batchSize records per write
 * @param writers concurrent writes
 * @param flushAfter how long a batch waits to fill
 */
record QueueShape(int capacity, int batchSize, int writers, Duration flushAfter) {

  private static final double REFERENCE_GIGABYTES = 8;
  private static final double MOST_MEMORY_FACTOR = 1.5;

  /**
   * The shape on a machine.
   *
   * @param cores processors
   * @param gigabytes physical memory, GiB
   */
  static QueueShape of(Kind kind, int cores, double gigabytes) {
    return switch (kind) {
      case HEALTH ->
          new QueueShape(
              5_000,
              clamp(cores * 25.0, 50, 500),
              clamp(cores * 2.5, 4, 32),
              Duration.ofSeconds(2));
      case DEVICE ->
          new QueueShape(
              10_000,
              clamp(cores * 15.0, 30, 200),
              clamp(cores * 1.5, 2, 16),
              Duration.ofSeconds(2));
      case EVENT -> {
        double memory = Math.min(MOST_MEMORY_FACTOR, gigabytes / REFERENCE_GIGABYTES);
        yield new QueueShape(
            5_000,
            clamp(cores * 8.0 * memory, 10, 200),
            clamp(cores, 2, 16),
            Duration.ofMillis(1_500));
      }
    };
  }

  private static int clamp(double value, int least, int most) {
    return Math.clamp((long) value, least, most);
  }
}
