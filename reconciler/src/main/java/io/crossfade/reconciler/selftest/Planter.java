package io.crossfade.reconciler.selftest;

import io.crossfade.db.OutputTable;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.sql.DataSource;

/**
 * Plants differences of every class into two equal outputs and remembers each: rows taken from
 * either side, rows that are there twice, the smallest change of every column, NULL beside the
 * empty string, two rows whose values are swapped, a run of neighbours, the first and the last row.
 */
public final class Planter {

  /** A row that was made to differ, and how. */
  public record Plant(String table, RecordId id, DifferenceClass kind, String how) {}

  private static final int NEIGHBOURS = 50;

  private final DataSource legacy;
  private final DataSource stream;
  private final ComparisonWindow copied;
  private final Random random;
  private final List<Plant> plants = new ArrayList<>();

  /**
   * @param legacy an output that may be damaged
   * @param stream the other
   * @param copied what was written to both: only in it a difference is one
   */
  Planter(DataSource legacy, DataSource stream, ComparisonWindow copied, long seed) {
    this.legacy = legacy;
    this.stream = stream;
    this.copied = copied;
    this.random = new Random(seed);
  }

  /**
   * Plants.
   *
   * @param each how many of each kind
   * @return what was planted; no row twice
   * @throws IllegalArgumentException when the table has too few rows
   */
  public List<Plant> plant(OutputTable<?> table, int each) throws SQLException {
    List<RecordId> ids = ids(table);
    Map<String, String> types = types(table);
    int kinds = 7 + types.size() * 2;
    if (ids.size() < kinds * each + NEIGHBOURS + 10) {
      throw new IllegalArgumentException(
          "%s has %d rows, too few to plant in".formatted(table.name(), ids.size()));
    }
    int before = plants.size();
    remove(table, stream, ids.removeFirst(), "first row");
    remove(table, legacy, ids.removeLast(), "last row");
    int run = random.nextInt(ids.size() - NEIGHBOURS);
    List<RecordId> neighbours = ids.subList(run, run + NEIGHBOURS);
    for (RecordId id : neighbours) {
      remove(table, stream, id, "a missing chunk");
    }
    neighbours.clear();
    java.util.Collections.shuffle(ids, random);
    Iterator<RecordId> rows = ids.iterator();
    for (int i = 0; i < each; i++) {
      remove(table, stream, rows.next(), "missing in stream");
      remove(table, legacy, rows.next(), "missing in legacy");
      repeat(table, rows.next(), i % 2 == 0 ? stream : legacy);
      spoil(table, rows.next(), i % 2 == 0 ? legacy : stream);
      swap(table, rows.next(), rows.next());
      for (Map.Entry<String, String> column : types.entrySet()) {
        change(table, rows.next(), column.getKey(), column.getValue());
        if (isText(column.getValue())) {
          nullBesideEmpty(table, rows.next(), column.getKey());
        }
      }
    }
    return List.copyOf(plants.subList(before, plants.size()));
  }

  private void remove(OutputTable<?> table, DataSource from, RecordId id, String how)
      throws SQLException {
    execute(from, "DELETE FROM " + table.name() + " WHERE id = ?", id);
    plants.add(
        new Plant(
            table.name(),
            id,
            from == stream ? DifferenceClass.MISSING_IN_STREAM : DifferenceClass.MISSING_IN_LEGACY,
            how));
  }

  private void repeat(OutputTable<?> table, RecordId id, DataSource in) throws SQLException {
    RecordId second = new RecordId(id.high(), id.low() ^ 1);
    String columns = "`" + String.join("`,`", table.comparedColumns()) + "`";
    execute(
        in,
        "INSERT INTO %s (id, stamp, route_reason, %s) SELECT x'%s', stamp, route_reason, %s FROM %s WHERE id = ?"
            .formatted(table.name(), columns, second, columns, table.name()),
        id);
    plants.add(new Plant(table.name(), second, DifferenceClass.REPEATED, "there twice"));
  }

  private void spoil(OutputTable<?> table, RecordId id, DataSource in) throws SQLException {
    execute(in, "UPDATE " + table.name() + " SET route_reason = 'NOT_YET' WHERE id = ?", id);
    plants.add(
        new Plant(table.name(), id, DifferenceClass.UNREADABLE, "reason of a newer release"));
  }

  private void swap(OutputTable<?> table, RecordId one, RecordId other) throws SQLException {
    String columns =
        table.comparedColumns().stream()
            .map(column -> "a.`%1$s` = b.`%1$s`".formatted(column))
            .reduce((x, y) -> x + ", " + y)
            .orElseThrow();
    // Against the other output, which still has both rows as they were.
    String from = schema(legacy) + "." + table.name();
    for (RecordId[] pair : new RecordId[][] {{one, other}, {other, one}}) {
      execute(
          stream,
          "UPDATE %s a JOIN %s b ON b.id = x'%s' SET %s WHERE a.id = ?"
              .formatted(table.name(), from, pair[1], columns),
          pair[0]);
      plants.add(new Plant(table.name(), pair[0], DifferenceClass.FIELDS_DIFFER, "values swapped"));
    }
  }

  private void change(OutputTable<?> table, RecordId id, String column, String type)
      throws SQLException {
    execute(
        stream,
        "UPDATE %s SET `%s` = %s WHERE id = ?"
            .formatted(table.name(), column, smallestChange("`" + column + "`", column, type)),
        id);
    plants.add(
        new Plant(table.name(), id, DifferenceClass.FIELDS_DIFFER, "least change of " + column));
  }

  private void nullBesideEmpty(OutputTable<?> table, RecordId id, String column)
      throws SQLException {
    if (nullable(table, column)) {
      String set = "UPDATE %s SET `%s` = %s WHERE id = ?";
      execute(legacy, set.formatted(table.name(), column, "NULL"), id);
      execute(stream, set.formatted(table.name(), column, "''"), id);
      plants.add(
          new Plant(table.name(), id, DifferenceClass.FIELDS_DIFFER, "NULL beside '' " + column));
    }
  }

  /** An expression for the nearest other value that the column can hold. */
  private static String smallestChange(String column, String name, String type) {
    if (type.contains("int")) {
      return "IFNULL(%1$s, 0) + IF(%1$s = 9223372036854775807, -1, 1)".formatted(column);
    }
    if (type.startsWith("decimal")) {
      int scale = Integer.parseInt(type.replaceAll(".*,(\\d+)\\).*", "$1"));
      return "IFNULL(%s, 0) + 0.%s1".formatted(column, "0".repeat(scale - 1));
    }
    if (type.startsWith("double")) {
      return "IF(IFNULL(%1$s, 0) = 0, 4.9e-300, %1$s * 1.0000000000000003e0)".formatted(column);
    }
    if (type.startsWith("datetime")) {
      return column + " + INTERVAL 1 SECOND";
    }
    if (type.startsWith("date")) {
      return column + " + INTERVAL 1 DAY";
    }
    if (name.equals("value")) {
      return "REPLACE(%s, '\"code\"', '\"Code\"')".formatted(column);
    }
    // A blank at the end, which some collations do not see.
    return "CONCAT(IFNULL(%s, ''), ' ')".formatted(column);
  }

  private static boolean isText(String type) {
    String lower = type.toLowerCase(Locale.ROOT);
    return lower.contains("char") || lower.contains("text");
  }

  private boolean nullable(OutputTable<?> table, String column) throws SQLException {
    return text(
            "SELECT is_nullable FROM information_schema.columns WHERE table_schema = DATABASE()"
                + " AND table_name = ? AND column_name = ?",
            table.name(),
            column)
        .equals("YES");
  }

  private Map<String, String> types(OutputTable<?> table) throws SQLException {
    Map<String, String> types = new LinkedHashMap<>();
    for (String column : table.comparedColumns()) {
      types.put(
          column,
          text(
              "SELECT column_type FROM information_schema.columns"
                  + " WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?",
              table.name(),
              column));
    }
    return types;
  }

  /** Rows that both outputs have of one acceptance, in the order of their ids. */
  private List<RecordId> ids(OutputTable<?> table) throws SQLException {
    Map<RecordId, Long> other = stamps(stream, table);
    List<RecordId> ids = new ArrayList<>();
    stamps(legacy, table)
        .forEach(
            (id, stamp) -> {
              if (stamp.equals(other.get(id))) {
                ids.add(id);
              }
            });
    return ids;
  }

  private Map<RecordId, Long> stamps(DataSource output, OutputTable<?> table) throws SQLException {
    Map<RecordId, Long> stamps = new LinkedHashMap<>();
    try (Connection connection = output.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT id, stamp FROM %s WHERE stamp >= ? AND stamp < ? ORDER BY id"
                    .formatted(table.name()))) {
      statement.setLong(1, copied.fromStamp());
      statement.setLong(2, copied.toStamp());
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          stamps.put(RecordId.of(result.getBytes(1)), result.getLong(2));
        }
      }
      connection.commit();
    }
    return stamps;
  }

  private String text(String sql, String... parameters) throws SQLException {
    try (Connection connection = legacy.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        String text = result.getString(1);
        connection.commit();
        return text;
      }
    }
  }

  private static String schema(DataSource output) throws SQLException {
    try (Connection connection = output.getConnection()) {
      return "`" + connection.getCatalog() + "`";
    }
  }

  private static void execute(DataSource output, String sql, RecordId id) throws SQLException {
    try (Connection connection = output.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setBytes(1, id.bytes());
      int rows = statement.executeUpdate();
      connection.commit();
      if (rows != 1) {
        throw new IllegalStateException("Planted in %d rows: %s".formatted(rows, sql));
      }
    }
  }
}
