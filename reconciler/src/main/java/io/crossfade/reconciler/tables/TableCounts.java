package io.crossfade.reconciler.tables;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** How many rows two tables have. */
public record TableCounts(long left, long right) {

  /** Counts, one after the other. */
  public static TableCounts of(PairSpec pair) throws SQLException {
    return new TableCounts(
        count(pair.left(), pair.leftTable(), pair.leftWhere()),
        count(pair.right(), pair.rightTable(), pair.rightWhere()));
  }

  private static long count(Endpoint endpoint, String table, @Nullable String where)
      throws SQLException {
    String sql =
        "SELECT COUNT(*) FROM "
            + Sql.name(endpoint.schema())
            + "."
            + Sql.name(table)
            + (where == null ? "" : " WHERE (" + where + ")");
    try (Connection connection = endpoint.open();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
