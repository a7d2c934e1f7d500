package io.crossfade.router.overview;

import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import java.util.Collection;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How many measurements took at most so long, added up since the start.
 *
 * @param atMost count by upper bound, ms
 * @param all count of all
 */
record Buckets(TreeMap<Double, Double> atMost, double all) {

  /** Those of several timers together. */
  static Buckets of(Collection<Timer> timers) {
    TreeMap<Double, Double> atMost = new TreeMap<>();
    double all = 0;
    for (Timer timer : timers) {
      for (CountAtBucket bucket : timer.takeSnapshot().histogramCounts()) {
        atMost.merge(bucket.bucket(TimeUnit.MILLISECONDS), bucket.count(), Double::sum);
      }
      all += timer.count();
    }
    return new Buckets(atMost, all);
  }

  /**
   * A quantile of what came since an earlier reading, ms, by interpolation within its bucket;
   * {@code null} when nothing came.
   *
   * @param quantile 0 to 1
   */
  @Nullable Double quantileSince(Buckets earlier, double quantile) {
    double wanted = quantile * (all - earlier.all);
    if (all <= earlier.all || atMost.isEmpty()) {
      return null;
    }
    double lowerBound = 0;
    double lowerCount = 0;
    for (var bucket : atMost.entrySet()) {
      double count = bucket.getValue() - earlier.atMost.getOrDefault(bucket.getKey(), 0.0);
      if (count >= wanted) {
        double inside = count - lowerCount;
        double part = inside <= 0 ? 1 : (wanted - lowerCount) / inside;
        return lowerBound + part * (bucket.getKey() - lowerBound);
      }
      lowerBound = bucket.getKey();
      lowerCount = count;
    }
    return lowerBound;
  }
}
