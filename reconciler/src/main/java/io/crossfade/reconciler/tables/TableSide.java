package io.crossfade.reconciler.tables;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one of two tables over a connection of its own. Each read is a transaction. */
final class TableSide implements AutoCloseable {

  /** Keys in one statement. */
  static final int AT_ONCE = 200;

  private final Connection connection;
  private final TablePair pair;
  private final Side side;
  private final @Nullable String where;
  private final RowWindow.@Nullable Bounds window;
  private final String from;
  private final String fromKeys;
  private final String order;
  private final int selected;

  /**
   * @param where a condition of its own; {@code null} for the whole table
   * @param window of the ranges that are read; {@code null} for whole ones
   */
  TableSide(
      Connection connection,
      TablePair pair,
      Side side,
      @Nullable String where,
      RowWindow.@Nullable Bounds window) {
    this.connection = connection;
    this.pair = pair;
    this.side = side;
    this.where = where;
    this.window = window;
    List<String> selected = new ArrayList<>();
    pair.columns().forEach(column -> selected.add(column.of(side).expression()));
    List<String> key = new ArrayList<>();
    for (int i = 0; i < pair.keyColumns(); i++) {
      String name = Sql.name(pair.key().get(i).of(side).name());
      key.add(name);
      if (pair.ordered() && pair.orders().get(i) instanceof KeyOrder.Weights) {
        selected.add("WEIGHT_STRING(" + name + ")");
      }
    }
    this.selected = selected.size();
    this.from = from(selected);
    this.fromKeys = from(selected.subList(0, pair.keyColumns()));
    this.order = " ORDER BY " + String.join(", ", key);
  }

  private String from(List<String> selected) {
    return "SELECT %s FROM %s FORCE INDEX (%s)"
        .formatted(
            String.join(", ", selected), pair.of(side).sqlName(), Sql.name(pair.indexOf(side)));
  }

  int keyColumns() {
    return pair.keyColumns();
  }

  /** Whether a row may have many megabytes, by its types. */
  boolean mayBeLarge() {
    return pair.columns().stream().anyMatch(column -> column.of(side).mayBeLong());
  }

  /** The rows of a range as they come: in the order of the key where both sides have one. */
  Cursor open(Range range) throws SQLException {
    KeyValues values = values();
    String sql = from + whereOf(values.in(range), inWindow()) + (pair.ordered() ? order : "");
    PreparedStatement statement =
        connection.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
    try {
      statement.setFetchSize(Integer.MIN_VALUE);
      values.bind(statement);
      return new Cursor(statement, new RowReader(statement.executeQuery(), selected));
    } catch (SQLException e) {
      statement.close();
      throw e;
    }
  }

  private String inWindow() {
    return window == null ? "" : window.condition();
  }

  /** The rows of some keys that there are, in the window or not. */
  Map<RowKey, TableRow> find(Collection<RowKey> keys) throws SQLException {
    return find(keys, "");
  }

  /** The same, only of the window. */
  Map<RowKey, TableRow> findInWindow(Collection<RowKey> keys) throws SQLException {
    return find(keys, inWindow());
  }

  /** Of some keys those whose rows have not settled. */
  Set<RowKey> young(Collection<RowKey> keys) throws SQLException {
    return window == null || window.young() == null
        ? Set.of()
        : find(keys, window.young()).keySet();
  }

  private Map<RowKey, TableRow> find(Collection<RowKey> keys, String condition)
      throws SQLException {
    Map<RowKey, TableRow> found = new HashMap<>();
    List<RowKey> all = List.copyOf(keys);
    for (int at = 0; at < all.size(); at += AT_ONCE) {
      List<RowKey> some = all.subList(at, Math.min(all.size(), at + AT_ONCE));
      KeyValues values = values();
      String sql = from + whereOf(values.any(some), condition);
      for (TableRow row : read(sql, values, selected)) {
        found.put(pair.keyOf(row), row);
      }
    }
    found.keySet().retainAll(keys);
    return found;
  }

  /** The key of the n-th row that follows a place; empty where there are fewer. */
  Optional<RowKey> skip(Range range, int n) throws SQLException {
    KeyValues values = values();
    String sql = fromKeys + whereOf(values.in(range), inWindow()) + order + " LIMIT 1 OFFSET " + n;
    return read(sql, values, pair.keyColumns()).stream().findFirst().map(pair::keyOf);
  }

  private List<TableRow> read(String sql, KeyValues values, int columns) throws SQLException {
    List<TableRow> rows = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      values.bind(statement);
      try (ResultSet result = statement.executeQuery()) {
        RowReader reader = new RowReader(result, columns);
        for (TableRow row = reader.next(); row != null; row = reader.next()) {
          rows.add(row);
        }
      }
    }
    connection.commit();
    return rows;
  }

  private KeyValues values() {
    return new KeyValues(pair.key().stream().map(column -> column.of(side)).toList());
  }

  private String whereOf(String ofKeys, String more) {
    List<String> conditions = new ArrayList<>();
    if (where != null) {
      conditions.add("(" + where + ")");
    }
    conditions.add(more);
    conditions.add(ofKeys);
    conditions.removeIf(String::isEmpty);
    return conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
  }

  @Override
  public String toString() {
    return side.label() + " table " + pair.of(side).sqlName();
  }

  /** Ends what is being read at once, from another thread. */
  void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // Whoever reads from it is told.
      return;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  /** Rows that are being read. */
  final class Cursor implements AutoCloseable {

    private final PreparedStatement statement;
    private final RowReader rows;

    Cursor(PreparedStatement statement, RowReader rows) {
      this.statement = statement;
      this.rows = rows;
    }

    @Nullable TableRow next() throws SQLException {
      return rows.next();
    }

    @Override
    public void close() throws SQLException {
      statement.close();
      connection.commit();
    }
  }
}
