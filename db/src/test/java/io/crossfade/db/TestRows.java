package io.crossfade.db;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

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

  /**
   * What of a record its rows must hold: the compared columns of each, as text that is that of
   * {@link StoredRow#values}.
   */
  public static Map<Row, Map<String, String>> columns(AcceptedRecord accepted) {
    Map<Row, Map<String, String>> rows = new LinkedHashMap<>();
    accepted
        .kind()
        .definition()
        .rows(
            accepted,
            new KindDefinition.Rows() {
              @Override
              public <R> void add(OutputTable<R> table, R row) {
                Map<String, String> columns = new TreeMap<>();
                for (Column<R> column : table.columns()) {
                  if (column.compared()) {
                    columns.put(column.name(), text(column.type(), column.value().apply(row)));
                  }
                }
                rows.put(new Row(table.name(), table.id(row)), columns);
              }
            });
    return rows;
  }

  /** The same of a row that is stored. */
  public static Map<String, String> columns(OutputTable<?> table, StoredRow stored) {
    Map<String, String> columns = new TreeMap<>();
    for (String column : table.comparedColumns()) {
      Object value = table.value(stored, column);
      columns.put(
          column,
          value instanceof BigDecimal number
              ? text(Column.Type.DECIMAL, number)
              : String.valueOf(value));
    }
    return columns;
  }

  private static String text(Column.Type type, @Nullable Object value) {
    if (value == null) {
      return "null";
    }
    return switch (type) {
      case BYTES -> "0x" + HexFormat.of().formatHex((byte[]) value);
      case INTEGER ->
          value instanceof Boolean bool
              ? bool ? "1" : "0"
              : String.valueOf(((Number) value).longValue());
      case DECIMAL -> ((BigDecimal) value).stripTrailingZeros().toPlainString();
      case DATE, DATE_TIME, DOUBLE, TEXT -> value.toString();
    };
  }
}
