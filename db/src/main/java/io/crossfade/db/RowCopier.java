package io.crossfade.db;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Brings rows of one table from one output to the other. A missing row is upserted as a writer
 * would, so that whatever the path writes meanwhile still wins or loses by its stamp; a row that is
 * there is overwritten only while it is the one that was seen.
 */
public final class RowCopier {

  private static final int STAMP = 1;
  private static final int REASON = 2;

  private final OutputTable<?> table;
  private final DataSource from;
  private final DataSource to;
  private final List<Column.Type> types;
  private final String select;

  public RowCopier(OutputTable<?> table, DataSource from, DataSource to) {
    this.table = table;
    this.from = from;
    this.to = to;
    this.types = table.writtenTypes();
    this.select =
        "SELECT "
            + table.writtenColumns().stream()
                .map(column -> "`" + column + "`")
                .collect(Collectors.joining(", "))
            + " FROM "
            + table.name();
  }

  /** Inserts rows that the other output lacks, in one transaction; how many were sent. */
  public int insert(Collection<RecordId> ids) throws SQLException {
    List<List<@Nullable Object>> rows = read(from, ids, RouteReason.REPAIR);
    try (Connection connection = LongQuestions.connect(to)) {
      table.upsert(connection, table.encodeValues(rows));
      connection.commit();
    }
    return rows.size();
  }

  /** Overwrites rows that the other output has otherwise, in one transaction; those that it did. */
  public List<RecordId> overwrite(Collection<RecordId> ids) throws SQLException {
    List<List<@Nullable Object>> rows = read(from, ids, RouteReason.REPAIR);
    List<List<@Nullable Object>> seen = read(to, ids, null);
    List<RecordId> overwritten = new ArrayList<>();
    try (Connection connection = LongQuestions.connect(to);
        PreparedStatement statement = connection.prepareStatement(update())) {
      for (List<@Nullable Object> row : rows) {
        for (List<@Nullable Object> old : seen) {
          if (id(old).equals(id(row))) {
            int parameter = 1;
            for (Object value : row) {
              statement.setObject(parameter++, value);
            }
            statement.setObject(parameter++, old.getFirst());
            statement.setObject(parameter, old.get(STAMP));
            if (statement.executeUpdate() > 0) {
              overwritten.add(id(row));
            }
          }
        }
      }
      connection.commit();
    }
    return overwritten;
  }

  /** The statements of {@link #insert} for people, by row. */
  public Map<RecordId, String> insertStatements(String schema, Collection<RecordId> ids)
      throws SQLException {
    String head = table.upsert(1).replace("INSERT INTO ", "INSERT INTO `" + schema + "`.");
    Map<RecordId, String> statements = new HashMap<>();
    read(from, ids, RouteReason.REPAIR).forEach(row -> statements.put(id(row), fill(head, row)));
    return statements;
  }

  /** The statements of {@link #overwrite} for people, by row. */
  public Map<RecordId, String> overwriteStatements(String schema, Collection<RecordId> ids)
      throws SQLException {
    String head = update().replace("UPDATE ", "UPDATE `" + schema + "`.");
    List<List<@Nullable Object>> seen = read(to, ids, null);
    Map<RecordId, String> statements = new HashMap<>();
    for (List<@Nullable Object> row : read(from, ids, RouteReason.REPAIR)) {
      for (List<@Nullable Object> old : seen) {
        if (id(old).equals(id(row))) {
          List<@Nullable Object> values = new ArrayList<>(row);
          values.add(old.getFirst());
          values.add(old.get(STAMP));
          statements.put(id(row), fill(head, values));
        }
      }
    }
    return statements;
  }

  private String update() {
    return table.writtenColumns().stream()
        .map(column -> "`" + column + "` = ?")
        .collect(
            Collectors.joining(
                ", ", "UPDATE " + table.name() + " SET ", " WHERE `id` = ? AND `stamp` = ?"));
  }

  private List<List<@Nullable Object>> read(
      DataSource output, Collection<RecordId> ids, @Nullable RouteReason reason)
      throws SQLException {
    if (ids.isEmpty()) {
      return List.of();
    }
    try (Connection connection = LongQuestions.connect(output);
        PreparedStatement statement =
            connection.prepareStatement(OutputScan.byId(select, ids) + " ORDER BY id")) {
      OutputScan.bind(statement, ids);
      List<List<@Nullable Object>> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          List<@Nullable Object> row = new ArrayList<>(types.size());
          for (Column.Type type : types) {
            row.add(result.getObject(row.size() + 1, type.javaType()));
          }
          if (reason != null) {
            row.set(REASON, reason.name());
          }
          rows.add(row);
        }
      }
      connection.commit();
      return rows;
    }
  }

  private static RecordId id(List<@Nullable Object> row) {
    return RecordId.of((byte[]) java.util.Objects.requireNonNull(row.getFirst()));
  }

  /** Puts literals for the marks, of which no literal may be one. */
  private static String fill(String sql, List<@Nullable Object> values) {
    StringBuilder filled = new StringBuilder();
    int value = 0;
    for (char c : sql.toCharArray()) {
      if (c == '?') {
        filled.append(literal(values.get(value++)));
      } else {
        filled.append(c);
      }
    }
    return filled.append(';').toString();
  }

  private static String literal(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> "x'" + HexFormat.of().formatHex(bytes) + "'";
      case Number number -> number.toString();
      default -> literal(String.format(Locale.ROOT, "%s", value));
    };
  }

  /** What a terminal would obey, or nobody would see, is written in digits. */
  private static String literal(String text) {
    if (text.codePoints().anyMatch(RowCopier::isUnseen)) {
      return "_utf8mb4 x'" + HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
    }
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }

  private static boolean isUnseen(int one) {
    return switch (Character.getType(one)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }
}
