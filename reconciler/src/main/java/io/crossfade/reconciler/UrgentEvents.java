package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.db.OutputTables;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Set;
import javax.sql.DataSource;

/** How many urgent events an output holds: that none is missing says nothing where none came. */
final class UrgentEvents {

  private UrgentEvents() {}

  /**
   * Those that were accepted in a window.
   *
   * @param types of the events that are urgent
   */
  static long count(DataSource output, ComparisonWindow window, Set<String> types)
      throws SQLException {
    if (types.isEmpty()) {
      return 0;
    }
    String sql =
        "SELECT COUNT(*) FROM %s WHERE stamp >= ? AND stamp < ? AND event_type IN (%s)"
            .formatted(
                OutputTables.of(Kind.EVENT).getFirst().name(),
                String.join(",", Collections.nCopies(types.size(), "?")));
    try (Connection connection = output.getConnection();
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, window.fromStamp());
      statement.setLong(2, window.toStamp());
      int next = 3;
      for (String type : types) {
        statement.setString(next++, type);
      }
      try (ResultSet row = statement.executeQuery()) {
        long count = row.next() ? row.getLong(1) : 0;
        connection.commit();
        return count;
      }
    }
  }
}
