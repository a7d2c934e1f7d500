package io.crossfade.reconciler;

import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordId;
import io.crossfade.db.StoredRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * Compares one table of the two outputs. A row whose partner lies outside the window, because a
 * repeat was accepted at another time, is looked up by its id before it counts as missing.
 */
final class TableComparison implements OutputDiff.Sink {

  /** Differences kept to be shown; all are counted. */
  static final int SAMPLES = 100;

  private static final int LOOK_UP_AT_ONCE = 500;

  private final OutputTable<?> table;
  private final OutputScan legacy;
  private final OutputScan stream;
  private final List<String> columns;
  private final Map<RecordId, StoredRow> onlyLegacy = new LinkedHashMap<>();
  private final Map<RecordId, StoredRow> onlyStream = new LinkedHashMap<>();
  private final List<Difference> samples = new ArrayList<>();
  private long legacyRows;
  private long streamRows;
  private long matching;
  private long differing;
  private long missingInStream;
  private long missingInLegacy;

  TableComparison(OutputTable<?> table, DataSource legacy, DataSource stream) {
    this.table = table;
    this.legacy = new OutputScan(legacy, table);
    this.stream = new OutputScan(stream, table);
    this.columns = table.comparedColumns();
  }

  /** Reads both outputs at once, each in one pass. */
  TableResult run(ComparisonWindow window) throws SQLException {
    try (var left = legacy.window(window.fromStamp(), window.toStamp());
        var right = stream.window(window.fromStamp(), window.toStamp())) {
      OutputDiff.merge(left::next, right::next, this);
    }
    lookUpOnlyLegacy();
    lookUpOnlyStream();
    return new TableResult(
        table.name(),
        legacyRows,
        streamRows,
        matching,
        differing,
        missingInStream,
        missingInLegacy,
        List.copyOf(samples));
  }

  @Override
  public void both(StoredRow left, StoredRow right) {
    legacyRows++;
    streamRows++;
    List<Difference.Field> fields = OutputDiff.fields(columns, left, right);
    if (fields.isEmpty()) {
      matching++;
    } else {
      differing++;
      sample(new Difference.FieldsDiffer(left.id(), fields));
    }
  }

  @Override
  public void onlyLegacy(StoredRow row) throws SQLException {
    onlyLegacy.put(row.id(), row);
    if (onlyLegacy.size() == LOOK_UP_AT_ONCE) {
      lookUpOnlyLegacy();
    }
  }

  @Override
  public void onlyStream(StoredRow row) throws SQLException {
    onlyStream.put(row.id(), row);
    if (onlyStream.size() == LOOK_UP_AT_ONCE) {
      lookUpOnlyStream();
    }
  }

  private void lookUpOnlyLegacy() throws SQLException {
    Map<RecordId, StoredRow> partners = stream.find(onlyLegacy.keySet());
    for (StoredRow row : onlyLegacy.values()) {
      StoredRow partner = partners.get(row.id());
      if (partner != null) {
        both(row, partner);
      } else {
        legacyRows++;
        missingInStream++;
        sample(new Difference.MissingInStream(row.id()));
      }
    }
    onlyLegacy.clear();
  }

  private void lookUpOnlyStream() throws SQLException {
    Map<RecordId, StoredRow> partners = legacy.find(onlyStream.keySet());
    for (StoredRow row : onlyStream.values()) {
      StoredRow partner = partners.get(row.id());
      if (partner != null) {
        both(partner, row);
      } else {
        streamRows++;
        missingInLegacy++;
        sample(new Difference.MissingInLegacy(row.id()));
      }
    }
    onlyStream.clear();
  }

  private void sample(Difference difference) {
    if (samples.size() < SAMPLES) {
      samples.add(difference);
    }
  }
}
