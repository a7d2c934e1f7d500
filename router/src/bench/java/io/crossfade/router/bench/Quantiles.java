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
   * @return upper bound of the bucket that holds the quantile, ms
   */
  static double between(String before, String after, String histogram, double fraction) {
    Map<Double, Double> buckets = buckets(after, histogram);
    buckets(before, histogram).forEach((bound, count) -> buckets.merge(bound, -count, Double::sum));
    double all = buckets.getOrDefault(Double.POSITIVE_INFINITY, 0.0);
    return buckets.entrySet().stream()
        .filter(bucket -> bucket.getValue() >= all * fraction)
        .mapToDouble(bucket -> bucket.getKey() * MILLIS)
        .findFirst()
        .orElse(Double.NaN);
  }

  private static Map<Double, Double> buckets(String metrics, String histogram) {
    Map<Double, Double> buckets = new TreeMap<>();
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
