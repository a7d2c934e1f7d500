package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.StoredRow;
import io.crossfade.reconciler.diff.RowPair;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What the outputs say of a row now, for a person. */
public final class DifferenceSearch {

  private static final int NEWEST = 100_000;

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

  public DifferenceSearch(DataSource legacy, DataSource stream) {
    this.legacy = legacy;
    this.stream = stream;
  }

  /**
   * What both outputs have of an id now.
   *
   * @throws IllegalArgumentException when there is no such table
   */
  public Row row(String table, RecordId id) throws SQLException {
    OutputTable<?> of =
        OutputTables.find(table)
            .orElseThrow(() -> new IllegalArgumentException("No kind is written to " + table));
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
