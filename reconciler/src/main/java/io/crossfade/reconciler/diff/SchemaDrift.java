package io.crossfade.reconciler.diff;

import io.crossfade.db.LongQuestions;
import io.crossfade.db.OutputTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** Compares the definitions of the compared columns, before any row is. */
public final class SchemaDrift {

  /** The outputs' tables are not alike; the message names each column. */
  public static final class SchemaDriftException extends SQLException {
    private static final long serialVersionUID = 1;

    SchemaDriftException(List<String> drifts) {
      super("The outputs' tables are not alike: " + String.join("; ", drifts));
    }
  }

  private static final String NO_COLUMN = "no such column";

  private SchemaDrift() {}

  /**
   * Checks some tables.
   *
   * @throws SchemaDriftException when columns are missing or defined in two ways
   */
  public static void check(
      List<? extends OutputTable<?>> tables, DataSource legacy, DataSource stream)
      throws SQLException {
    List<String> drifts = new ArrayList<>();
    for (OutputTable<?> table : tables) {
      Map<String, String> left = columns(legacy, table.name());
      Map<String, String> right = columns(stream, table.name());
      List<String> compared = new ArrayList<>(List.of("id", "stamp"));
      compared.addAll(table.comparedColumns());
      for (String column : compared) {
        String one = left.getOrDefault(column, NO_COLUMN);
        String other = right.getOrDefault(column, NO_COLUMN);
        if (!one.equals(other) || one.equals(NO_COLUMN)) {
          drifts.add(
              "%s.%s is %s in legacy and %s in stream".formatted(table.name(), column, one, other));
        }
      }
      for (String column : left.keySet()) {
        if (!right.containsKey(column)) {
          drifts.add("%s.%s is in legacy only".formatted(table.name(), column));
        }
      }
      for (String column : right.keySet()) {
        if (!left.containsKey(column)) {
          drifts.add("%s.%s is in stream only".formatted(table.name(), column));
        }
      }
    }
    if (!drifts.isEmpty()) {
      throw new SchemaDriftException(drifts);
    }
  }

  private static Map<String, String> columns(DataSource output, String table) throws SQLException {
    try (Connection connection = LongQuestions.connect(output);
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT column_name, column_type, collation_name FROM information_schema.columns"
                    + " WHERE table_schema = DATABASE() AND table_name = ?")) {
      statement.setString(1, table);
      Map<String, String> columns = new TreeMap<>();
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          String collation = result.getString(3);
          columns.put(result.getString(1), type(result.getString(2), collation));
        }
      }
      connection.commit();
      return columns;
    }
  }

  /** MySQL 8 no longer shows the width of integers, MariaDB does; it means nothing. */
  private static String type(String type, String collation) {
    String plain = type.toLowerCase(Locale.ROOT).replaceAll("^(\\w*int)\\(\\d+\\)", "$1");
    return collation == null ? plain : plain + " " + collation;
  }
}
