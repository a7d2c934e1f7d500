package io.crossfade.db;

import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.TypeSpec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tables of kinds that files define, in one output: said in SQL, made where they are missing,
 * and compared with what is there.
 */
public final class DefinedSchema {

  /** A longer text counts as much of the most that a row may have as a shorter one does. */
  private static final int LONGEST_VARCHAR = 1_000;

  /** SQLSTATE of what waiting does not help. */
  private static final String SETTLED = "42000";

  private static final String LOCK = "CONCAT('crossfade kinds ', LEFT(DATABASE(), 40))";
  private static final int LOCK_SECONDS = 60;

  private static final String ASCII = " CHARACTER SET ascii COLLATE ascii_bin";

  private DefinedSchema() {}

  /**
   * A column.
   *
   * @param type as MySQL writes it
   */
  private record Wanted(String name, String type, String collation, boolean required) {

    String sql() {
      return "`%s` %s%s%s".formatted(name, type, collation, required ? " NOT NULL" : "");
    }
  }

  /** Whether this process works with a kind that a file defines. */
  static boolean isNeeded() {
    return Kind.all().stream().anyMatch(kind -> !tables(kind).isEmpty());
  }

  /** {@code CREATE TABLE} for each table of a kind; empty for one that is built in. */
  public static List<String> statements(Kind kind) {
    return tables(kind).stream().map(DefinedSchema::create).toList();
  }

  /**
   * Makes what is missing: tables, and columns that may be unset.
   *
   * @throws SQLException when what is there is not what the files say, too
   */
  static void migrate(Connection connection) throws SQLException {
    // Of two processes that start at once, one waits: a column can be added once.
    try (Statement statement = connection.createStatement()) {
      statement.execute("SELECT GET_LOCK(%s, %d)".formatted(LOCK, LOCK_SECONDS));
      try {
        makeMissing(connection);
      } finally {
        statement.execute("SELECT RELEASE_LOCK(%s)".formatted(LOCK));
      }
    }
    check(connection);
  }

  private static void makeMissing(Connection connection) throws SQLException {
    for (Kind kind : Kind.values()) {
      for (DefinedTable table : tables(kind)) {
        execute(
            connection, create(table).replaceFirst("CREATE TABLE", "CREATE TABLE IF NOT EXISTS"));
        Map<String, Found> found = found(connection, table);
        for (Wanted column : wanted(table)) {
          if (!found.containsKey(key(column.name())) && !column.required()) {
            execute(
                connection, "ALTER TABLE `%s` ADD COLUMN %s".formatted(name(table), column.sql()));
          }
        }
      }
    }
  }

  /**
   * Compares what is there with what the files say.
   *
   * @throws SQLException when it is not the same, too; the message names each column
   */
  static void check(Connection connection) throws SQLException {
    List<String> drift = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (DefinedTable table : tables(kind)) {
        drift.addAll(drift(connection, table));
      }
    }
    if (!drift.isEmpty()) {
      throw new SQLException(
          "The tables are not what the kinds say: " + String.join("; ", drift), SETTLED);
    }
  }

  private static List<DefinedTable> tables(Kind kind) {
    return kind.definition() instanceof DefinedKind defined ? defined.definedTables() : List.of();
  }

  private static String name(DefinedTable table) {
    return table.spec().name();
  }

  private static String create(DefinedTable table) {
    String columns =
        wanted(table).stream()
            .map(column -> "  " + column.sql())
            .collect(Collectors.joining(",\n"));
    return """
    CREATE TABLE `%s` (
    %s,
      PRIMARY KEY (id),
      KEY by_stamp (stamp)
    ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_bin\
    """
        .formatted(name(table), columns);
  }

  private static List<Wanted> wanted(DefinedTable table) {
    List<Wanted> columns = new ArrayList<>();
    columns.add(new Wanted("id", "BINARY(16)", "", true));
    columns.add(new Wanted("stamp", "BIGINT", "", true));
    columns.add(new Wanted("route_reason", "VARCHAR(24)", ASCII, true));
    columns.add(new Wanted("written_at", "DATETIME(3)", " DEFAULT CURRENT_TIMESTAMP(3)", true));
    for (DefinedTable.Place place : table.places()) {
      FieldSpec field = place.field();
      columns.add(
          field == null
              ? new Wanted(place.column(), "BIGINT", "", true)
              : new Wanted(place.column(), type(field.type()), "", table.isNeverUnset(field)));
    }
    return columns;
  }

  private static String type(TypeSpec type) {
    return switch (type) {
      case TypeSpec.Text text -> text(text.length());
      case TypeSpec.Choice choice -> text(choice.length());
      case TypeSpec.Int of -> "BIGINT";
      case TypeSpec.Bool of -> "TINYINT";
      case TypeSpec.Decimal decimal ->
          "DECIMAL(%d,%d)".formatted(decimal.precision(), decimal.scale());
      case TypeSpec.Real of -> "DOUBLE";
      case TypeSpec.Instant of -> "DATETIME";
      case TypeSpec.Date of -> "DATE";
      case TypeSpec.Json of -> "MEDIUMTEXT";
      case TypeSpec.Bytes bytes ->
          bytes.length() <= LONGEST_VARCHAR ? "VARBINARY(%d)".formatted(bytes.length()) : "BLOB";
    };
  }

  private static String text(int length) {
    return length <= LONGEST_VARCHAR ? "VARCHAR(%d)".formatted(Math.max(1, length)) : "TEXT";
  }

  /**
   * A column that is there.
   *
   * @param type as MySQL writes it, without the widths of whole numbers
   */
  private record Found(
      String type, @Nullable String collation, boolean nullable, boolean defaults) {}

  private static Map<String, Found> found(Connection connection, DefinedTable table)
      throws SQLException {
    Map<String, Found> columns = new LinkedHashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT column_name, column_type, collation_name, is_nullable, column_default, extra"
                + " FROM information_schema.columns"
                + " WHERE table_schema = DATABASE() AND table_name = ?")) {
      statement.setString(1, name(table));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          String extra = row.getString(6).toUpperCase(Locale.ROOT);
          columns.put(
              key(row.getString(1)),
              new Found(
                  plain(row.getString(2)),
                  row.getString(3),
                  "YES".equals(row.getString(4)),
                  row.getString(5) != null
                      || extra.contains("AUTO_INCREMENT")
                      || extra.contains("GENERATED")));
        }
      }
    }
    return columns;
  }

  private static List<String> drift(Connection connection, DefinedTable table) throws SQLException {
    Map<String, Found> found = found(connection, table);
    if (found.isEmpty()) {
      return List.of("there is no table " + name(table));
    }
    List<String> drift = new ArrayList<>();
    Set<String> known = new TreeSet<>();
    for (Wanted column : wanted(table)) {
      known.add(key(column.name()));
      Found is = found.get(key(column.name()));
      String where = name(table) + "." + column.name();
      if (is == null) {
        drift.add("%s is missing: %s".formatted(where, column.sql()));
      } else if (!holds(is.type(), plain(column.type()))) {
        drift.add("%s is %s, not %s".formatted(where, is.type(), plain(column.type())));
      } else if (is.collation() != null && !is.collation().endsWith("_bin")) {
        drift.add("%s has the collation %s, not a binary one".formatted(where, is.collation()));
      } else if (!is.nullable() && !column.required()) {
        drift.add(where + " is NOT NULL, but may be unset");
      }
    }
    found.forEach(
        (name, is) -> {
          if (!known.contains(name) && !is.nullable() && !is.defaults()) {
            drift.add(
                "%s.%s is NOT NULL without a default, and no field is written to it"
                    .formatted(name(table), name));
          }
        });
    drift.addAll(indexes(connection, table));
    return drift;
  }

  private static List<String> indexes(Connection connection, DefinedTable table)
      throws SQLException {
    Map<String, String> first = new LinkedHashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT index_name, GROUP_CONCAT(column_name ORDER BY seq_in_index)"
                + " FROM information_schema.statistics"
                + " WHERE table_schema = DATABASE() AND table_name = ? GROUP BY index_name")) {
      statement.setString(1, name(table));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          first.put(row.getString(1), row.getString(2));
        }
      }
    }
    List<String> drift = new ArrayList<>();
    if (!"id".equals(first.get("PRIMARY"))) {
      drift.add("the primary key of %s is not (id)".formatted(name(table)));
    }
    if (!"stamp".equals(first.get("by_stamp"))) {
      drift.add("%s has no index by_stamp (stamp)".formatted(name(table)));
    }
    return drift;
  }

  /** A wider column holds what a narrower one does. */
  private static boolean holds(String is, String wanted) {
    if (is.equals(wanted)) {
      return true;
    }
    List<String> texts = List.of("text", "mediumtext", "longtext");
    List<String> blobs = List.of("blob", "mediumblob", "longblob");
    for (List<String> of : List.of(texts, blobs)) {
      if (of.contains(is)) {
        String narrow = of == texts ? "varchar(" : "varbinary(";
        return wanted.startsWith(narrow)
            || (of.contains(wanted) && of.indexOf(is) >= of.indexOf(wanted));
      }
    }
    for (String sized : List.of("varchar(", "varbinary(")) {
      if (is.startsWith(sized) && wanted.startsWith(sized)) {
        return size(is) >= size(wanted);
      }
    }
    return wanted.equals("tinyint") && Set.of("smallint", "int", "bigint").contains(is);
  }

  private static int size(String type) {
    return Integer.parseInt(type.substring(type.indexOf('(') + 1, type.indexOf(')')));
  }

  /** Servers write the width that a whole number is shown in, or not. */
  private static String plain(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.matches("(tiny|small|medium|big)?int\\(\\d+\\).*")
        ? lower.replaceFirst("\\(\\d+\\)", "")
        : lower;
  }

  private static String key(String column) {
    return Objects.requireNonNull(column).toLowerCase(Locale.ROOT);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
