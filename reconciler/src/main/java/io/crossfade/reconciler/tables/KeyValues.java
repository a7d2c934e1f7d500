package io.crossfade.reconciler.tables;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Values of keys in conditions: each is bound, in a form that the column's index understands, and
 * that no character set of the column can refuse.
 */
final class KeyValues {

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Bound(ColumnShape column, byte[] value) {}

  private final List<ColumnShape> key;
  private final List<Bound> bound = new ArrayList<>();

  /**
   * @param key the columns of the side that is asked
   */
  KeyValues(List<ColumnShape> key) {
    this.key = key;
  }

  /** Condition of the rows of a range. */
  String in(Range range) {
    List<String> conditions = new ArrayList<>();
    RowKey after = range.after();
    if (after != null) {
      conditions.add(beyond(after, ">", ">"));
    }
    RowKey upTo = range.upTo();
    if (upTo != null) {
      conditions.add(beyond(upTo, "<", "<="));
    }
    return String.join(" AND ", conditions);
  }

  /** The first column alone bounds the range once more: what optimisers see at once. */
  private String beyond(RowKey key, String inner, String last) {
    StringBuilder any = new StringBuilder();
    for (int depth = 0; depth < this.key.size(); depth++) {
      any.append(depth == 0 ? "(" : " OR (");
      for (int i = 0; i < depth; i++) {
        any.append(compared(i, "=", key.part(i))).append(" AND ");
      }
      boolean isLast = depth == this.key.size() - 1;
      any.append(compared(depth, isLast ? last : inner, key.part(depth))).append(')');
    }
    return this.key.size() == 1
        ? any.toString()
        : "(" + any + ") AND " + compared(0, inner + "=", key.part(0));
  }

  /** Condition of the rows of some keys, and perhaps of a few others. */
  String any(Iterable<RowKey> keys) {
    StringBuilder any = new StringBuilder();
    for (RowKey one : keys) {
      any.append(any.isEmpty() ? "(" : " OR (");
      for (int i = 0; i < key.size(); i++) {
        any.append(i == 0 ? "" : " AND ").append(compared(i, "=", one.part(i)));
      }
      any.append(')');
    }
    return "(" + any + ")";
  }

  private String compared(int part, String operator, byte[] value) {
    ColumnShape column = key.get(part);
    bound.add(new Bound(column, value));
    return Sql.name(column.name())
        + " "
        + operator
        + " "
        + (column.family() == Family.TEXT
            ? "CONVERT(? USING " + column.charset() + ") COLLATE " + column.collation()
            : "?");
  }

  /** Binds all values, in the order in which they were asked for. */
  void bind(PreparedStatement statement) throws SQLException {
    int at = 1;
    for (Bound one : bound) {
      bind(statement, at++, one.column(), one.value());
    }
  }

  private static void bind(PreparedStatement statement, int at, ColumnShape column, byte[] value)
      throws SQLException {
    String text = new String(value, StandardCharsets.UTF_8);
    switch (column.family()) {
      case INTEGER, DECIMAL -> statement.setBigDecimal(at, new BigDecimal(text));
      case FLOATING -> statement.setDouble(at, Double.parseDouble(text));
      case BITS -> statement.setBigDecimal(at, new BigDecimal(new BigInteger(1, value)));
      case ENUM -> statement.setInt(at, column.numberOfMember(text));
      case SET -> statement.setBigDecimal(at, new BigDecimal(column.numberOfMembers(text)));
      case BINARY -> statement.setBytes(at, value);
      case YEAR, DATE, DATETIME, TIME, TEXT, JSON, GEOMETRY, UUID, OTHER ->
          statement.setString(at, text);
    }
  }
}
