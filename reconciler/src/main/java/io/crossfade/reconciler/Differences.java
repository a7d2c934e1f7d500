package io.crossfade.reconciler;

import io.crossfade.db.RecordId;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.Comparisons.StoredDifference;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The differences that a run believes, by filter. Who lists them, counts them or selects them for a
 * repair asks the one condition of {@link DifferenceWhere}, so that what is shown is what is
 * repaired.
 */
public final class Differences {

  /** Rows of one selection: their ids are held in memory. */
  public static final int MOST_SELECTED = 500_000;

  /** Differences with all their fields, which may be long. */
  private static final int PAGE = 1_000;

  private static final int PAGE_OF_IDS = 5_000;

  /** Ids of a statement, which is the same for each that is asked. */
  private static final int IDS = 500;

  private static final String AFTER = " AND (table_name > ? OR (table_name = ? AND id > ?))";

  private record Selected(
      DifferencePlace place, DifferenceClass kind, long fields, boolean repaired) {}

  /**
   * How many differences match.
   *
   * @param unrepaired of them, those that no repair has touched: so many rows a repair with this
   *     filter selects
   */
  public record Count(long all, long unrepaired) {}

  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  public Differences(DataSource control) {
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control).forLongQuestions();
  }

  /** Where a difference stands in its run. */
  public static DifferencePlace place(StoredDifference of) {
    return new DifferencePlace(of.difference().table(), of.difference().id());
  }

  /**
   * Differences of a run, in an order that no two of them share.
   *
   * @param after the place of the last one that was seen; {@code null} at the beginning
   * @throws IllegalArgumentException when the run has no such place
   */
  public List<StoredDifference> find(
      long run,
      DifferenceFilter filter,
      DifferenceOrder order,
      @Nullable DifferencePlace after,
      int limit) {
    DifferenceWhere where = DifferenceWhere.of(run, filter);
    if (after != null) {
      where = after(where, run, order, after);
    }
    return stored(where.and(" ORDER BY " + order.sql() + " LIMIT ?", limit));
  }

  /** How many there are. */
  public Count count(long run, DifferenceFilter filter) {
    DifferenceWhere where = DifferenceWhere.of(run, filter);
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT COUNT(*), COUNT(*) - COUNT(repair_id) FROM difference WHERE "
                        + where.sql())
                .params(where.values())
                .query((row, number) -> new Count(row.getLong(1), row.getLong(2)))
                .single());
  }

  /** Hands over every one, table by table in the order of ids; holds a few. */
  public void forEach(long run, DifferenceFilter filter, Consumer<StoredDifference> sink) {
    DifferenceWhere where = DifferenceWhere.of(run, filter);
    DifferencePlace after = null;
    List<StoredDifference> page;
    do {
      page = stored(after(where, after).and(" ORDER BY table_name, id LIMIT ?", PAGE));
      page.forEach(sink);
      after = page.isEmpty() ? after : place(page.getLast());
    } while (page.size() == PAGE);
  }

  /**
   * The rows on which a repair is to act: of those selected, those that no repair has touched.
   *
   * @throws IllegalArgumentException when a row that is named is no difference of the run, or when
   *     there are more than {@value #MOST_SELECTED}
   */
  public SelectedRows select(long run, DifferenceSelection selection) {
    return switch (selection) {
      case DifferenceSelection.All all -> matching(run, DifferenceFilter.ALL);
      case DifferenceSelection.Matching matching -> matching(run, matching.filter());
      case DifferenceSelection.Rows rows -> named(run, rows.places());
    };
  }

  /** Of rows in the order of their ids, those that no repair has touched by now. */
  public List<SelectedRows.Row> unrepaired(long run, String table, List<SelectedRows.Row> rows) {
    Set<RecordId> left = new TreeSet<>();
    known(run, table, rows.stream().map(SelectedRows.Row::id).toList()).stream()
        .filter(one -> !one.repaired())
        .forEach(one -> left.add(one.place().id()));
    return rows.stream().filter(row -> left.contains(row.id())).toList();
  }

  private SelectedRows matching(long run, DifferenceFilter filter) {
    SelectedRows selected = new SelectedRows(run);
    DifferenceWhere where = DifferenceWhere.of(run, filter).and(DifferenceWhere.UNREPAIRED);
    DifferencePlace after = null;
    List<Selected> page;
    do {
      page = selected(after(where, after).and(" ORDER BY table_name, id LIMIT ?", PAGE_OF_IDS));
      page.forEach(one -> selected.add(one.place(), one.kind(), one.fields()));
      if (selected.count() > MOST_SELECTED) {
        throw new IllegalArgumentException(
            "More than %,d rows are selected: narrow the filter, by kind or by time for example"
                .formatted(MOST_SELECTED));
      }
      after = page.isEmpty() ? after : page.getLast().place();
    } while (page.size() == PAGE_OF_IDS);
    return selected;
  }

  private SelectedRows named(long run, Set<DifferencePlace> places) {
    Map<String, Set<RecordId>> named = new TreeMap<>();
    places.forEach(
        one -> named.computeIfAbsent(one.table(), table -> new TreeSet<>()).add(one.id()));
    List<DifferencePlace> unknown = new ArrayList<>();
    SelectedRows selected = new SelectedRows(run);
    named.forEach(
        (table, ids) -> {
          Set<RecordId> left = new TreeSet<>(ids);
          for (Selected one : known(run, table, List.copyOf(ids))) {
            left.remove(one.place().id());
            if (!one.repaired()) {
              selected.add(one.place(), one.kind(), one.fields());
            }
          }
          left.forEach(id -> unknown.add(new DifferencePlace(table, id)));
        });
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "%d of these rows are no differences of run %d: %s%s"
              .formatted(
                  unknown.size(),
                  run,
                  unknown.stream().limit(3).map(String::valueOf).collect(Collectors.joining(", ")),
                  unknown.size() > 3 ? ", …" : ""));
    }
    return selected;
  }

  /** Of ids in order, those that are differences of the run, in order. */
  private List<Selected> known(long run, String table, List<RecordId> ids) {
    List<Selected> known = new ArrayList<>();
    String marks = String.join(",", Collections.nCopies(IDS, "?"));
    for (int from = 0; from < ids.size(); from += IDS) {
      Object[] values = new Object[IDS + 1];
      values[0] = table;
      for (int i = 0; i < IDS; i++) {
        values[i + 1] = ids.get(Math.min(from + i, ids.size() - 1)).bytes();
      }
      known.addAll(
          selected(
              DifferenceWhere.of(run, DifferenceFilter.ALL)
                  .and(" AND table_name = ? AND id IN (" + marks + ")", values)
                  .and(" ORDER BY id")));
    }
    return known;
  }

  /** What follows a place in an order. */
  private DifferenceWhere after(
      DifferenceWhere where, long run, DifferenceOrder order, DifferencePlace place) {
    DifferenceWhere one =
        DifferenceWhere.of(run, DifferenceFilter.ALL)
            .and(" AND table_name = ? AND id = ?", place.table(), place.id().bytes());
    DifferenceOrder.Keys keys =
        transactions
            .in(
                () ->
                    jdbc.sql("SELECT urgent, stamp, device_sn FROM difference WHERE " + one.sql())
                        .params(one.values())
                        .query(
                            (row, number) ->
                                new DifferenceOrder.Keys(
                                    row.getBoolean(1), row.getLong(2), row.getString(3), place))
                        .optional())
            .orElseThrow(
                () -> new IllegalArgumentException("Run %d has no %s".formatted(run, place)));
    return order.after(where, keys);
  }

  private static DifferenceWhere after(DifferenceWhere where, @Nullable DifferencePlace place) {
    return place == null
        ? where
        : where.and(AFTER, place.table(), place.table(), place.id().bytes());
  }

  private List<StoredDifference> stored(DifferenceWhere where) {
    return transactions.in(
        () ->
            jdbc.sql("SELECT * FROM difference WHERE " + where.sql())
                .params(where.values())
                .query((row, number) -> ComparisonRows.stored(row))
                .list());
  }

  private List<Selected> selected(DifferenceWhere where) {
    return transactions.in(
        () ->
            jdbc.sql(
                    "SELECT table_name, id, class, %s, repair_id IS NOT NULL FROM difference WHERE %s"
                        .formatted(DifferenceHash.SQL, where.sql()))
                .params(where.values())
                .query(
                    (row, number) ->
                        new Selected(
                            new DifferencePlace(row.getString(1), RecordId.of(row.getBytes(2))),
                            DifferenceClass.valueOf(row.getString(3)),
                            DifferenceHash.parse(row.getString(4)),
                            row.getBoolean(5)))
                .list());
  }
}
