package io.crossfade.router.bench;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A quantile out of the buckets that a router publishes, between two scrapes. */
final class Quantiles {

  private static final double MILLIS = 1000;

  private Quantiles() {}

  /**
   * @param histogram name without {@code _bucket}
   * @return as Prometheus has it: a straight line through the bucket that holds the quantile, ms
   */
  static double between(String before, String after, String histogram, double fraction) {
    TreeMap<Double, Double> buckets = buckets(after, histogram);
    buckets(before, histogram).forEach((bound, count) -> buckets.merge(bound, -count, Double::sum));
    double rank = buckets.getOrDefault(Double.POSITIVE_INFINITY, 0.0) * fraction;
    double lower = 0;
    double below = 0;
    for (Map.Entry<Double, Double> bucket : buckets.entrySet()) {
      if (bucket.getValue() >= rank && bucket.getValue() > below) {
        double share = (rank - below) / (bucket.getValue() - below);
        return (lower + (bucket.getKey() - lower) * share) * MILLIS;
      }
      lower = bucket.getKey();
      below = bucket.getValue();
    }
    return Double.NaN;
  }

  private static TreeMap<Double, Double> buckets(String metrics, String histogram) {
    TreeMap<Double, Double> buckets = new TreeMap<>();
    Matcher line =
        Pattern.compile(
                "^" + histogram + "_bucket\\{.*le=\"([^\"]+)\".*} (\\S+)$", Pattern.MULTILINE)
            .matcher(metrics);
    while (line.find()) {
      double bound =
          line.group(1).equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(line.group(1));
      buckets.merge(bound, Double.parseDouble(line.group(2)), Double::sum);
    }
    return buckets;
  }
}
