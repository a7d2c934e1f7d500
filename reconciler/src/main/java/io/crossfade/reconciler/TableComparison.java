package io.crossfade.reconciler;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.OutputScan;
import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordId;
import io.crossfade.db.StoredRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final Explanations explanations;
  private final Set<String> urgentEvents;
  private final List<String> columns;
  private final Map<RecordId, StoredRow> onlyLegacy = new LinkedHashMap<>();
  private final Map<RecordId, StoredRow> onlyStream = new LinkedHashMap<>();
  private final List<RecordId> unlike = new ArrayList<>();
  private final List<Difference> samples = new ArrayList<>();
  private long legacyRows;
  private long streamRows;
  private long matching;
  private long differing;
  private long missingInStream;
  private long missingInLegacy;
  private long explained;
  private long urgentMissing;

  TableComparison(
      OutputTable<?> table,
      DataSource legacy,
      DataSource stream,
      Explanations explanations,
      Set<String> urgentEvents) {
    this.table = table;
    this.explanations = explanations;
    this.urgentEvents = urgentEvents;
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
    explainUnlike();
    return new TableResult(
        table.name(),
        legacyRows,
        streamRows,
        matching,
        differing,
        missingInStream,
        missingInLegacy,
        explained,
        urgentMissing,
        List.copyOf(samples));
  }

  @Override
  public void both(StoredRow left, StoredRow right) throws SQLException {
    legacyRows++;
    streamRows++;
    List<Difference.Field> fields = OutputDiff.fields(columns, left, right);
    if (fields.isEmpty()) {
      matching++;
    } else {
      differing++;
      sample(new Difference.FieldsDiffer(left.id(), fields));
      unlike.add(left.id());
      if (unlike.size() == LOOK_UP_AT_ONCE) {
        explainUnlike();
      }
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
    for (StoredRow row : lookUp(onlyLegacy, stream, DeliveryPath.STREAM)) {
      legacyRows++;
      missingInStream++;
      sample(new Difference.MissingInStream(row.id()));
    }
  }

  private void lookUpOnlyStream() throws SQLException {
    for (StoredRow row : lookUp(onlyStream, legacy, DeliveryPath.LEGACY)) {
      streamRows++;
      missingInLegacy++;
      sample(new Difference.MissingInLegacy(row.id()));
    }
  }

  /** Finds partners that lie outside the window; what is left is missing. */
  private List<StoredRow> lookUp(
      Map<RecordId, StoredRow> alone, OutputScan other, DeliveryPath without) throws SQLException {
    Map<RecordId, StoredRow> partners = other.find(alone.keySet());
    List<StoredRow> missing = new ArrayList<>();
    for (StoredRow row : alone.values()) {
      StoredRow partner = partners.get(row.id());
      if (partner == null) {
        missing.add(row);
      } else if (without == DeliveryPath.STREAM) {
        both(row, partner);
      } else {
        both(partner, row);
      }
    }
    alone.clear();
    Set<RecordId> known =
        explanations.ofMissing(
            without,
            without == DeliveryPath.STREAM ? legacy : stream,
            missing.stream().map(StoredRow::id).toList());
    explained += known.size();
    urgentMissing +=
        missing.stream().filter(row -> !known.contains(row.id()) && urgent(row)).count();
    return missing;
  }

  private void explainUnlike() throws SQLException {
    explained += explanations.ofDiffering(legacy, unlike).size();
    unlike.clear();
  }

  private boolean urgent(StoredRow row) {
    int type = columns.indexOf("event_type");
    return type >= 0 && urgentEvents.contains(String.valueOf(row.values().get(type)));
  }

  private void sample(Difference difference) {
    if (samples.size() < SAMPLES) {
      samples.add(difference);
    }
  }
}
