package io.crossfade.router;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The packaged router as README.md starts it, and what became of what it accepted. */
final class DocumentedRouter {

  private static final List<String> JVM =
      List.of("-Xms512m", "-Xmx512m", "-XX:-G1UseAdaptiveIHOP", "-XX:+ExitOnOutOfMemoryError");

  private DocumentedRouter() {}

  static RouterProcess start(List<String> arguments) {
    return RouterProcess.ofJar(
        RouterProcess.jar()
            .orElseThrow(() -> new IllegalStateException("No jar: run mvn package first")),
        JVM,
        arguments);
  }

  /** How many measurements an output has, by device. */
  static Map<String, Integer> rows(DbSettings.Schema schema) throws SQLException {
    Map<String, Integer> rows = new HashMap<>();
    try (var connection = TestDatabase.admin();
        var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT device_sn, COUNT(*) FROM %s.t_user_health_data GROUP BY device_sn"
                    .formatted(TestDatabase.nameOf(schema)))) {
      while (result.next()) {
        rows.put(result.getString(1), result.getInt(2));
      }
    }
    return rows;
  }
}
