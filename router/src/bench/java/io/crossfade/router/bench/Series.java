package io.crossfade.router.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;

/**
 * Contenders measured in turn, round after round, so that all see the same machine; judged by the median. Every other
 * round goes the other way round: what comes back in the rhythm of the rounds would else always meet the same one.
 */
final class Series {

  private final String unit;
  private final Map<String, Callable<Double>> contenders = new LinkedHashMap<>();
  private final Map<String, List<Double>> figures = new LinkedHashMap<>();

  Series(String unit) {
    this.unit = unit;
  }

  Series with(String name, Callable<Double> measurement) {
    contenders.put(name, measurement);
    figures.put(name, new ArrayList<>());
    return this;
  }

  Series run(int rounds) throws Exception {
    List<Map.Entry<String, Callable<Double>>> inTurn = List.copyOf(contenders.entrySet());
    for (int round = 1; round <= rounds; round++) {
      for (Map.Entry<String, Callable<Double>> contender :
          round % 2 == 1 ? inTurn : inTurn.reversed()) {
        double figure = contender.getValue().call();
        Objects.requireNonNull(figures.get(contender.getKey())).add(figure);
        System.out.printf("  round %d  %-44s %,12.0f %s%n", round, contender.getKey(), figure, unit);
      }
    }
    figures.forEach(
        (name, values) ->
            System.out.printf("  median   %-44s %,12.0f %s%n", name, median(name), unit));
    return this;
  }

  double median(String name) {
    List<Double> sorted = Objects.requireNonNull(figures.get(name)).stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Prints the median of one contender beside what it may be at most. */
  Series atMost(String name, double bar) {
    System.out.printf(
        "  MEDIAN   %s: %,.0f %s (bar: at most %,.0f) %s%n",
        name, median(name), unit, bar, median(name) <= bar ? "met" : "MISSED");
    return this;
  }

  /** Prints the median of one contender as a multiple of another's, beside the bar. */
  Series ratio(String name, String peer, double bar) {
    double ratio = median(name) / median(peer);
    System.out.printf(
        "  RATIO    %s / %s = %.2f (bar %.2f) %s%n",
        name, peer, ratio, bar, ratio >= bar ? "met" : "MISSED");
    return this;
  }
}
