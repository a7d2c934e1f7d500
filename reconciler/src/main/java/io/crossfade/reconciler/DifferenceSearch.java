package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.StoredRow;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.reconciler.Comparisons.StoredDifference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.diff.RowPair;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds differences of a run for a person, and what the outputs say of a row now. */
public final class DifferenceSearch {

  private static final int NEWEST = 100_000;

  /**
   * Which differences. What is {@code null} matches everything.
   *
   * @param explained whether it is known why
   * @param explanation why
   * @param after the {@link #place} of the last one that was seen
   */
  public record Filter(
      @Nullable Kind kind,
      @Nullable DifferenceClass difference,
      @Nullable Boolean explained,
      @Nullable Explanation explanation,
      @Nullable String deviceSn,
      @Nullable String after) {}

  /** One column of a row in both outputs; {@code null} is the database's NULL. */
  public record Cell(
      String column, @Nullable String legacy, @Nullable String stream, boolean differs) {}

  /**
   * A row as both outputs have it now.
   *
   * @param inLegacy whether the legacy output has it
   * @param inStream whether the stream output has it
   */
  public record Row(
      String table, String id, boolean inLegacy, boolean inStream, List<Cell> cells) {}

  private final DataSource legacy;
  private final DataSource stream;
  private final JdbcClient jdbc;
  private final ControlTransactions transactions;

  public DifferenceSearch(DataSource control, DataSource legacy, DataSource stream) {
    this.legacy = legacy;
    this.stream = stream;
    this.jdbc = JdbcClient.create(control);
    this.transactions = new ControlTransactions(control);
  }

  /** Where a difference stands in its run, for {@link Filter#after}. */
  public static String place(StoredDifference of) {
    return of.difference().table() + ":" + of.difference().id();
  }

  /**
   * Differences of a run, in the order of tables and ids.
   *
   * @throws IllegalArgumentException when the place to go on from is none
   */
  public List<StoredDifference> find(long run, Filter filter, int limit) {
    StringBuilder where = new StringBuilder("comparison_id = ?");
    List<Object> values = new ArrayList<>(List.of(run));
    if (filter.kind() != null) {
      List<OutputTable<?>> tables = OutputTables.of(filter.kind());
      where.append(
          tables.stream()
              .map(table -> "?")
              .collect(Collectors.joining(",", " AND table_name IN (", ")")));
      tables.forEach(table -> values.add(table.name()));
    }
    if (filter.difference() != null) {
      where.append(" AND class = ?");
      values.add(filter.difference().name());
    }
    if (filter.explained() != null) {
      where.append(
          filter.explained() ? " AND explanation IS NOT NULL" : " AND explanation IS NULL");
    }
    if (filter.explanation() != null) {
      where.append(" AND explanation = ?");
      values.add(filter.explanation().name());
    }
    if (filter.deviceSn() != null) {
      where.append(" AND device_sn = ?");
      values.add(filter.deviceSn());
    }
    if (filter.after() != null) {
      int colon = filter.after().indexOf(':');
      if (colon < 0) {
        throw new IllegalArgumentException("'%s' is no place in a run".formatted(filter.after()));
      }
      String table = filter.after().substring(0, colon);
      where.append(" AND (table_name > ? OR (table_name = ? AND id > ?))");
      values.addAll(
          List.of(table, table, RecordId.parse(filter.after().substring(colon + 1)).bytes()));
    }
    values.add(limit);
    return transactions.in(
        () ->
            jdbc.sql("SELECT * FROM difference WHERE " + where + " ORDER BY table_name, id LIMIT ?")
                .params(values)
                .query((row, number) -> ComparisonRows.stored(row))
                .list());
  }

  /**
   * What both outputs have of an id now.
   *
   * @throws IllegalArgumentException when there is no such table
   */
  public Row row(String table, RecordId id) throws SQLException {
    OutputTable<?> of =
        OutputTables.of(OutputTables.kindOf(table)).stream()
            .filter(one -> one.name().equals(table))
            .findFirst()
            .orElseThrow();
    return rows(of, List.of(id)).getFirst();
  }

  /**
   * The newest rows of a device, of those that either output has; searched among the newest {@value
   * #NEWEST} rows of each table, since no index knows devices.
   *
   * @param most of each table
   */
  public List<Row> newest(String deviceSn, int most) throws SQLException {
    List<Row> rows = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (OutputTable<?> table : OutputTables.of(kind)) {
        Map<RecordId, Long> newest =
            new HashMap<>(new OutputScan(legacy, table).newest(deviceSn, NEWEST, most));
        new OutputScan(stream, table)
            .newest(deviceSn, NEWEST, most)
            .forEach((id, stamp) -> newest.merge(id, stamp, Math::max));
        rows.addAll(
            rows(
                table,
                newest.entrySet().stream()
                    .sorted(Map.Entry.<RecordId, Long>comparingByValue().reversed())
                    .limit(most)
                    .map(Map.Entry::getKey)
                    .toList()));
      }
    }
    return rows;
  }

  private List<Row> rows(OutputTable<?> of, List<RecordId> ids) throws SQLException {
    Map<RecordId, StoredRow> left = new OutputScan(legacy, of).find(ids);
    Map<RecordId, StoredRow> right = new OutputScan(stream, of).find(ids);
    return ids.stream().map(id -> row(of, id, left.get(id), right.get(id))).toList();
  }

  private static Row row(
      OutputTable<?> of, RecordId id, @Nullable StoredRow left, @Nullable StoredRow right) {
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < of.comparedColumns().size(); i++) {
      Object one = left == null ? null : left.values().get(i);
      Object other = right == null ? null : right.values().get(i);
      cells.add(
          new Cell(
              of.comparedColumns().get(i),
              RowPair.text(one),
              RowPair.text(other),
              left != null && right != null && !Objects.equals(one, other)));
    }
    return new Row(of.name(), id.toString(), left != null, right != null, cells);
  }
}
