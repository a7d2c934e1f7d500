package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.db.LongQuestions;
import io.crossfade.db.OutputTable;
import io.crossfade.db.OutputTables;
import io.crossfade.db.UrgentRows;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.Set;
import javax.sql.DataSource;

/** How many urgent rows an output holds: that none is missing says nothing where none came. */
final class UrgentCount {

  private UrgentCount() {}

  /**
   * Those that were accepted in a window.
   *
   * @param settings values that are urgent where the kind leaves it to the settings
   */
  static long of(DataSource output, Kind kind, ComparisonWindow window, Set<String> settings)
      throws SQLException {
    OutputTable<?> table = OutputTables.of(kind).getFirst();
    UrgentRows urgent = table.urgentRows().orElse(null);
    if (urgent == null || urgent.values(settings).isEmpty()) {
      return 0;
    }
    Set<String> values = urgent.values(settings);
    String sql =
        "SELECT COUNT(*) FROM %s WHERE stamp >= ? AND stamp < ? AND `%s` IN (%s)"
            .formatted(
                table.name(),
                urgent.column(),
                String.join(",", Collections.nCopies(values.size(), "?")));
    try (Connection connection = LongQuestions.connect(output);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setLong(1, window.fromStamp());
      statement.setLong(2, window.toStamp());
      int next = 3;
      for (String value : values) {
        statement.setString(next++, value);
      }
      try (ResultSet row = statement.executeQuery()) {
        long count = row.next() ? row.getLong(1) : 0;
        connection.commit();
        return count;
      }
    }
  }
}
