package io.crossfade.db;

import java.util.ArrayList;
import java.util.List;

/** The rows that a record becomes, whichever path it takes. */
public final class TestRows {

  /** A row by its table and its id. */
  public record Row(String table, RecordId id) {}

  private TestRows() {}

  /** Those of a record, of all its tables. */
  public static List<Row> of(AcceptedRecord accepted) {
    List<Row> rows = new ArrayList<>();
    accepted
        .kind()
        .definition()
        .rows(
            accepted,
            new KindDefinition.Rows() {
              @Override
              public <R> void add(OutputTable<R> table, R row) {
                rows.add(new Row(table.name(), table.id(row)));
              }
            });
    return rows;
  }
}
