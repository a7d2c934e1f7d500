package io.crossfade.reconciler;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.DifferenceSummary.Cause;
import io.crossfade.reconciler.DifferenceSummary.Entry;
import io.crossfade.reconciler.DifferenceSummary.Time;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Counts the differences of a run by what they have in common. */
public final class DifferenceFigures {

  /** Differences of a run that are looked at, in the order of the primary key. */
  public static final int MOST = 300_000;

  /** Windows that are longer are counted by the hour. */
  static final Duration BY_THE_MINUTE = Duration.ofHours(2);

  static final int MOST_TIMES = 24;

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);

  /**
   * Differences that are alike.
   *
   * @param columns comma-separated; empty when none differs
   * @param at whole minutes or hours since 1970
   */
  private record Alike(
      DifferenceClass kind,
      @Nullable Explanation explanation,
      String table,
      String columns,
      long at,
      long count) {}

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  public DifferenceFigures(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control).forLongQuestions();
  }

  /**
   * What a list with this filter has, in one look at up to {@value #MOST} differences.
   *
   * @param window of the run
   */
  public DifferenceSummary summary(long run, ComparisonWindow window, DifferenceFilter filter) {
    return summary(run, unit(window, filter), filter, MOST);
  }

  /** A minute, or an hour when that is asked of more than two hours. */
  static Duration unit(ComparisonWindow window, DifferenceFilter filter) {
    Instant from = Optional.ofNullable(filter.from()).orElse(window.from());
    Instant to = Optional.ofNullable(filter.to()).orElse(window.to());
    Instant begin = from.isAfter(window.from()) ? from : window.from();
    Instant end = to.isBefore(window.to()) ? to : window.to();
    return begin.plus(BY_THE_MINUTE).isBefore(end) ? HOUR : MINUTE;
  }

  DifferenceSummary summary(long run, Duration unit, DifferenceFilter filter, int most) {
    // A place to stop, and not LIMIT: that would copy all rows first.
    Optional<DifferencePlace> end = end(run, most);
    DifferenceWhere where = DifferenceWhere.of(run, filter);
    if (end.isPresent()) {
      String table = end.get().table();
      where =
          where.and(
              " AND table_name <= ? AND (table_name < ? OR id < ?)",
              table,
              table,
              end.get().id().bytes());
    }
    return summary(alike(where, unit), unit, end.isPresent());
  }

  private Optional<DifferencePlace> end(long run, int most) {
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT table_name, id FROM difference WHERE comparison_id = ?"
                        + " ORDER BY table_name, id LIMIT 1 OFFSET ?")
                .params(run, most)
                .query(
                    (row, number) ->
                        new DifferencePlace(row.getString(1), RecordId.of(row.getBytes(2))))
                .optional());
  }

  private List<Alike> alike(DifferenceWhere where, Duration unit) {
    // Stamps begin with the millisecond.
    long width = AcceptanceStamp.floor(Instant.EPOCH.plus(unit));
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT class, explanation, table_name, columns, stamp DIV ? AS at, COUNT(*)"
                        + " FROM difference WHERE "
                        + where.sql()
                        + " GROUP BY class, explanation, table_name, columns, at")
                .param(width)
                .params(where.values())
                .query(
                    (row, number) -> {
                      String explanation = row.getString(2);
                      return new Alike(
                          DifferenceClass.valueOf(row.getString(1)),
                          explanation == null ? null : Explanation.valueOf(explanation),
                          row.getString(3),
                          row.getString(4),
                          row.getLong(5),
                          row.getLong(6));
                    })
                .list());
  }

  private static DifferenceSummary summary(List<Alike> all, Duration unit, boolean atLeast) {
    List<Time> times =
        counts(all, one -> Stream.of(one.at())).stream()
            .map(
                one ->
                    new Time(
                        Instant.EPOCH.plus(unit.multipliedBy(one.value())),
                        Instant.EPOCH.plus(unit.multipliedBy(one.value() + 1)),
                        one.count()))
            .toList();
    return new DifferenceSummary(
        all.stream().mapToLong(Alike::count).sum(),
        atLeast,
        counts(all, one -> Stream.of(one.kind())),
        counts(all, one -> Stream.of(Optional.ofNullable(one.explanation()))).stream()
            .map(one -> new Cause(one.value().orElse(null), one.count()))
            .toList(),
        counts(
            all,
            one -> one.columns().isEmpty() ? Stream.of() : Stream.of(one.columns().split(","))),
        counts(all, one -> Stream.of(kind(one.table()))),
        times.stream().limit(MOST_TIMES).sorted(Comparator.comparing(Time::from)).toList(),
        Math.max(0, times.size() - MOST_TIMES));
  }

  private static String kind(String table) {
    return OutputTables.findKind(table).map(Kind::label).orElse(table);
  }

  /** Most first; of as many, in the order of their words. */
  private static <T> List<Entry<T>> counts(List<Alike> all, Function<Alike, Stream<T>> values) {
    Map<T, Long> counts = new HashMap<>();
    for (Alike one : all) {
      values.apply(one).forEach(value -> counts.merge(value, one.count(), Long::sum));
    }
    return counts.entrySet().stream()
        .map(one -> new Entry<>(one.getKey(), one.getValue()))
        .sorted(
            Comparator.comparingLong((Entry<T> one) -> -one.count())
                .thenComparing(one -> String.valueOf(one.value())))
        .toList();
  }
}
