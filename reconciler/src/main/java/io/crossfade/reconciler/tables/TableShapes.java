package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.tables.TableShape.UniqueKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads from information_schema what tables are like. */
final class TableShapes {

  private static final String PRIMARY = "PRIMARY";

  private final Connection connection;
  private final String schema;

  TableShapes(Connection connection, String schema) {
    this.connection = connection;
    this.schema = schema;
  }

  /** Takes one row of an answer. */
  private interface RowSink {
    void row(ResultSet row) throws SQLException;
  }

  /** Names of the schema's tables, without its views. */
  List<String> names() throws SQLException {
    List<String> names = new ArrayList<>();
    ask(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = ?"
            + " AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY table_name",
        row -> names.add(row.getString(1)),
        schema);
    return names;
  }

  /** One table; empty when there is none of that name, or none that this user may read. */
  Optional<TableShape> find(String table) throws SQLException {
    record Found(String name, long rows) {}
    List<Found> found = new ArrayList<>();
    ask(
        "SELECT table_name, table_rows FROM information_schema.tables"
            + " WHERE table_schema = ? AND table_name = ?",
        row -> found.add(new Found(row.getString(1), row.getLong(2))),
        schema,
        table);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    String name = found.getFirst().name();
    List<ColumnShape> columns = columns(name);
    return columns.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new TableShape(schema, name, found.getFirst().rows(), columns, keys(name, columns)));
  }

  private List<ColumnShape> columns(String table) throws SQLException {
    Set<String> checked = checkedJson(table);
    List<ColumnShape> columns = new ArrayList<>();
    ask(
        "SELECT column_name, data_type, column_type, character_set_name, collation_name,"
            + " is_nullable, generation_expression, extra FROM information_schema.columns"
            + " WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position",
        row -> columns.add(column(row, checked)),
        schema,
        table);
    return columns;
  }

  private static ColumnShape column(ResultSet row, Set<String> checkedJson) throws SQLException {
    String name = row.getString(1);
    Family family = Family.of(row.getString(2));
    String type = row.getString(3);
    String generation = row.getString(7);
    return new ColumnShape(
        name,
        type,
        family,
        row.getString(4),
        row.getString(5),
        row.getString(6).equals("YES"),
        generation != null && !generation.isEmpty(),
        row.getString(8).toLowerCase(Locale.ROOT).contains("on update"),
        checkedJson.contains(name.toLowerCase(Locale.ROOT)),
        family == Family.ENUM || family == Family.SET ? members(type) : List.of());
  }

  /** MariaDB's JSON is text with this check. */
  private Set<String> checkedJson(String table) throws SQLException {
    Set<String> columns = new HashSet<>();
    if (connection.getMetaData().getDatabaseProductVersion().contains("MariaDB")) {
      ask(
          "SELECT constraint_name, check_clause FROM information_schema.check_constraints"
              + " WHERE constraint_schema = ? AND table_name = ?",
          row -> {
            String column = row.getString(1);
            if (row.getString(2).equalsIgnoreCase("json_valid(" + Sql.name(column) + ")")) {
              columns.add(column.toLowerCase(Locale.ROOT));
            }
          },
          schema,
          table);
    }
    return columns;
  }

  /** Texts of {@code enum('a','it''s')}. */
  static List<String> members(String type) {
    List<String> members = new ArrayList<>();
    StringBuilder member = null;
    for (int at = type.indexOf('('); at < type.length(); at++) {
      char one = type.charAt(at);
      if (member == null) {
        if (one == '\'') {
          member = new StringBuilder();
        }
      } else if (one == '\'' && at + 1 < type.length() && type.charAt(at + 1) == '\'') {
        member.append(one);
        at++;
      } else if (one == '\'') {
        members.add(member.toString());
        member = null;
      } else if (one == '\\' && at + 1 < type.length()) {
        char escaped = type.charAt(++at);
        member.append(
            switch (escaped) {
              case 'n' -> '\n';
              case 'r' -> '\r';
              case '0' -> '\0';
              default -> escaped;
            });
      } else {
        member.append(one);
      }
    }
    return members;
  }

  private record IndexPart(
      boolean unique, @Nullable String column, boolean whole, boolean usable, boolean ascending) {}

  private List<UniqueKey> keys(String table, List<ColumnShape> columns) throws SQLException {
    Map<String, List<IndexPart>> indexes = new LinkedHashMap<>();
    ask(
        "SELECT * FROM information_schema.statistics WHERE table_schema = ?"
            + " AND table_name = ? ORDER BY index_name, seq_in_index",
        row ->
            indexes
                .computeIfAbsent(row.getString("INDEX_NAME"), name -> new ArrayList<>())
                .add(part(row)),
        schema,
        table);
    Set<String> notNull = new HashSet<>();
    columns.stream().filter(one -> !one.nullable()).forEach(one -> notNull.add(one.name()));
    List<UniqueKey> keys = new ArrayList<>();
    indexes.forEach(
        (index, parts) -> {
          boolean tellsApart =
              parts.stream()
                  .allMatch(
                      part ->
                          part.unique()
                              && part.whole()
                              && part.usable()
                              && notNull.contains(part.column()));
          if (tellsApart) {
            List<String> names = new ArrayList<>();
            parts.forEach(part -> names.add(String.valueOf(part.column())));
            keys.add(new UniqueKey(index, names, parts.stream().allMatch(IndexPart::ascending)));
          }
        });
    keys.sort(
        Comparator.comparing((UniqueKey key) -> !key.index().equals(PRIMARY))
            .thenComparingInt(key -> key.columns().size()));
    return keys;
  }

  private static IndexPart part(ResultSet row) throws SQLException {
    boolean hidden = has(row, "IS_VISIBLE") && "NO".equals(row.getString("IS_VISIBLE"));
    boolean ignored = has(row, "IGNORED") && "YES".equals(row.getString("IGNORED"));
    return new IndexPart(
        row.getInt("NON_UNIQUE") == 0,
        row.getString("COLUMN_NAME"),
        row.getString("SUB_PART") == null,
        !hidden && !ignored,
        !"D".equals(row.getString("COLLATION")));
  }

  private static boolean has(ResultSet row, String column) throws SQLException {
    ResultSetMetaData columns = row.getMetaData();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      if (columns.getColumnName(i).equalsIgnoreCase(column)) {
        return true;
      }
    }
    return false;
  }

  private void ask(String sql, RowSink sink, String... parameters) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          sink.row(row);
        }
      }
    }
  }
}
