package io.crossfade.router.bench;

/** How long answers took, in buckets that are 2 % wide. For one thread. */
final class Latencies {

  private static final double BUCKET = Math.log(1.02);
  private static final int BUCKETS = 1_400;

  private final long[] counts = new long[BUCKETS];

  void record(long nanos) {
    counts[Math.min(BUCKETS - 1, (int) (Math.log(Math.max(1, nanos)) / BUCKET))]++;
  }

  void add(Latencies other) {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] += other.counts[i];
    }
  }

  long count() {
    long all = 0;
    for (long count : counts) {
      all += count;
    }
    return all;
  }

  /** A quantile; {@code NaN} when nothing was recorded. */
  double millis(double fraction) {
    long all = count();
    long seen = 0;
    for (int i = 0; i < BUCKETS && all > 0; i++) {
      seen += counts[i];
      if (seen >= all * fraction) {
        return Math.exp((i + 1) * BUCKET) / 1e6;
      }
    }
    return Double.NaN;
  }
}
