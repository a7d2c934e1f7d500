package io.crossfade.reconciler.diff;

import java.time.Duration;

/** Chooses how many rows the next page has, so that reading one takes about half a second. */
final class PageSize {

  static final int SMALLEST = 1_000;
  static final int LARGEST = 500_000;
  private static final Duration TARGET = Duration.ofMillis(500);
  private static final double FASTEST_GROWTH = 4;

  private int rows = 10_000;

  int rows() {
    return rows;
  }

  /** Learns from a page that was read. */
  void took(int read, Duration time) {
    if (read == 0) {
      return;
    }
    double perRow = Math.max(1, time.toNanos()) / (double) read;
    double fitting = Math.min(TARGET.toNanos() / perRow, rows * FASTEST_GROWTH);
    rows = (int) Math.clamp(fitting, SMALLEST, LARGEST);
  }
}
