package io.crossfade.reconciler;

import io.crossfade.db.DroppedMirrors;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;

/** Compares the two outputs for a window, column by column, every row. */
public final class Comparison {

  private final DataSource legacy;
  private final DataSource stream;
  private final Explanations explanations;
  private final Set<String> urgentEvents;

  /**
   * @param urgentEvents event types that are counted apart when they are missing
   */
  public Comparison(
      DataSource legacy, DataSource stream, DroppedMirrors dropped, Set<String> urgentEvents) {
    this.legacy = legacy;
    this.stream = stream;
    this.explanations = new Explanations(dropped);
    this.urgentEvents = Set.copyOf(urgentEvents);
  }

  /**
   * Compares all tables of all kinds.
   *
   * @throws SQLException when an output cannot be read; there is no partial result
   */
  public ComparisonResult run(ComparisonWindow window) throws SQLException {
    Map<Kind, List<TableResult>> tables = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      List<TableResult> results = new ArrayList<>();
      for (OutputTable<?> table : OutputTables.of(kind)) {
        results.add(
            new TableComparison(table, legacy, stream, explanations, urgentEvents).run(window));
      }
      tables.put(kind, results);
    }
    return new ComparisonResult(window, tables);
  }
}
