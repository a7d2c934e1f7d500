package io.crossfade.db;

import java.time.Duration;

/**
 * How a kind's memory queue grows with its machine.
 *
 * @param capacity records held at most, queued or in a batch
 * @param batch records per write
 * @param writers concurrent writes
 * @param flushAfter how long a batch waits to fill
 */
public record QueueFormula(int capacity, Share batch, Share writers, Duration flushAfter) {

  private static final double REFERENCE_GIGABYTES = 8;
  private static final double MOST_MEMORY_FACTOR = 1.5;

  /**
   * A number that follows the machine.
   *
   * @param perCore for each processor
   * @param byMemory whether a machine with less than 8 GiB has less, and one with more up to half
   *     as much again
   */
  public record Share(double perCore, int least, int most, boolean byMemory) {

    /** The same on every machine. */
    public static Share fixed(int number) {
      return new Share(0, number, number, /* byMemory= */ false);
    }

    static Share perCore(double perCore, int least, int most) {
      return new Share(perCore, least, most, /* byMemory= */ false);
    }

    /**
     * On a machine.
     *
     * @param cores processors
     * @param gigabytes physical memory, GiB
     */
    public int on(int cores, double gigabytes) {
      double memory = byMemory ? Math.min(MOST_MEMORY_FACTOR, gigabytes / REFERENCE_GIGABYTES) : 1;
      return Math.clamp((long) (cores * perCore * memory), least, most);
    }
  }
}
