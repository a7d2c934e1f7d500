package io.crossfade.reconciler.report;

import io.crossfade.db.Kind;
import io.crossfade.db.OutputTables;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.DifferenceGroup;
import io.crossfade.reconciler.KindFigures;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.report.Chart.Bar;
import io.crossfade.reconciler.report.Chart.Series;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/** What a report shows before it says it. */
final class ReportPictures {

  private static final int MOST_BARS = 12;
  private static final int MOST_STEPS = 31;

  private ReportPictures() {}

  /** Pictures as inline SVG, those that have something to show. */
  static List<String> of(ReportFacts facts) {
    ComparisonResult result = facts.result();
    List<String> pictures = new ArrayList<>();
    pictures.add(
        consistency(
            "Consistency, night by night",
            facts.nights(),
            result.target(),
            label(facts.zone(), "MM-dd"),
            figures -> figures.window().from()));
    Duration step = step(result);
    Function<Instant, Instant> stepOf =
        at ->
            result
                .window()
                .from()
                .plus(
                    step.multipliedBy(
                        Duration.between(result.window().from(), at).dividedBy(step)));
    DateTimeFormatter hour =
        label(facts.zone(), step.compareTo(Duration.ofHours(12)) > 0 ? "MM-dd" : "HH:mm");
    pictures.add(
        consistency(
            "Consistency through the window",
            facts.minutes(),
            result.target(),
            hour,
            figures -> stepOf.apply(figures.window().from())));
    for (Kind kind : Kind.values()) {
      pictures.add(
          latency(
              "Accept to row, %s: p95 of the median minute".formatted(kind.label()),
              facts.minutes().stream().filter(of -> of.kind().equals(kind)).toList(),
              hour,
              stepOf));
    }
    List<DifferenceGroup> found = facts.differences();
    pictures.add(
        bars(
            "Differences by kind",
            found,
            one ->
                List.of(OutputTables.findKind(one.table()).map(Kind::label).orElse(one.table()))));
    pictures.add(bars("Differences by class", found, one -> List.of(words(one.kind().name()))));
    pictures.add(bars("Differences by field", found, DifferenceGroup::columns));
    pictures.add(
        bars(
            "Differences by cohort: who served the device",
            found,
            one -> List.of(words(one.servedBy()))));
    pictures.add(
        bars(
            "Differences by reason",
            found,
            one -> {
              Explanation why = one.explanation();
              return List.of(why == null ? "nobody knows" : words(why.name()));
            }));
    pictures.removeIf(String::isEmpty);
    return pictures;
  }

  private static String consistency(
      String title,
      List<KindFigures> figures,
      double target,
      DateTimeFormatter label,
      Function<KindFigures, Instant> stepOf) {
    return lines(
        title,
        " %",
        figures,
        label,
        stepOf,
        List.of(Kind.values()),
        Kind::label,
        (kind, of) -> {
          List<KindFigures> ofKind = of.stream().filter(one -> one.kind().equals(kind)).toList();
          long compared = ofKind.stream().mapToLong(KindFigures::compared).sum();
          long bad = ofKind.stream().mapToLong(KindFigures::unexplained).sum();
          return compared == 0 ? Double.NaN : 100.0 * (compared - bad) / compared;
        },
        OptionalDouble.of(target),
        OptionalDouble.of(100));
  }

  private static String latency(
      String title,
      List<KindFigures> figures,
      DateTimeFormatter label,
      Function<Instant, Instant> stepOf) {
    Map<String, Function<KindFigures, OptionalDouble>> paths =
        new TreeMap<>(Map.of("legacy", KindFigures::legacyP95, "stream", KindFigures::streamP95));
    return lines(
        title,
        " ms",
        figures,
        label,
        one -> stepOf.apply(one.window().from()),
        List.copyOf(paths.entrySet()),
        Map.Entry::getKey,
        (path, of) -> median(of, path.getValue()),
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  /** The value of one line in one step. */
  private interface Value<K> {
    double of(K line, Collection<KindFigures> step);
  }

  private static <K> String lines(
      String title,
      String unit,
      List<KindFigures> figures,
      DateTimeFormatter label,
      Function<KindFigures, Instant> stepOf,
      List<K> lines,
      Function<K, String> name,
      Value<K> value,
      OptionalDouble limit,
      OptionalDouble most) {
    TreeMap<Instant, List<KindFigures>> steps = new TreeMap<>();
    figures.forEach(
        one -> steps.computeIfAbsent(stepOf.apply(one), at -> new ArrayList<>()).add(one));
    List<Series> series =
        lines.stream()
            .map(
                line ->
                    new Series(
                        name.apply(line),
                        steps.values().stream()
                            .mapToDouble(step -> value.of(line, step))
                            .toArray()))
            .toList();
    return Chart.lines(
        title, unit, steps.keySet().stream().map(label::format).toList(), series, limit, most);
  }

  private static double median(
      Collection<KindFigures> of, Function<KindFigures, OptionalDouble> figure) {
    double[] sorted =
        of.stream().map(figure).flatMapToDouble(OptionalDouble::stream).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  /** Hours of a day; of other windows, what gives about as many steps. */
  private static Duration step(ComparisonResult result) {
    Duration window = Duration.between(result.window().from(), result.window().to());
    Duration step = Duration.ofMinutes(1);
    for (Duration longer :
        List.of(
            Duration.ofMinutes(5),
            Duration.ofMinutes(15),
            Duration.ofHours(1),
            Duration.ofDays(1))) {
      step = window.dividedBy(step) > MOST_STEPS ? longer : step;
    }
    return step;
  }

  private static String bars(
      String title, List<DifferenceGroup> groups, Function<DifferenceGroup, List<String>> labels) {
    Map<String, long[]> counts = new TreeMap<>();
    for (DifferenceGroup group : groups) {
      for (String label : labels.apply(group)) {
        counts.computeIfAbsent(label, none -> new long[2])[group.explanation() == null ? 0 : 1] +=
            group.count();
      }
    }
    return Chart.bars(
        title,
        counts.entrySet().stream()
            .map(of -> new Bar(of.getKey(), of.getValue()[0], of.getValue()[1]))
            .sorted(Comparator.comparingLong(Bar::sum).reversed())
            .limit(MOST_BARS)
            .toList());
  }

  private static DateTimeFormatter label(ZoneId zone, String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(zone);
  }

  private static String words(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
