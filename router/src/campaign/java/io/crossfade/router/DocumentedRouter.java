package io.crossfade.router;

import io.crossfade.db.DbSettings;
import io.crossfade.db.DeliveryPath;
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
    return count("SELECT id, device_sn FROM " + measurements(schema));
  }

  /** How many measurements stand in one output or the other, by device. */
  static Map<String, Integer> rowsOfEither(DbSettings schemas) throws SQLException {
    return count(
        "SELECT id, device_sn FROM %s UNION SELECT id, device_sn FROM %s"
            .formatted(measurements(schemas.legacy()), measurements(schemas.stream())));
  }

  /** How many records the router says that it has lost on a path and that stand in no output. */
  static int namedLost(DbSettings schemas, DeliveryPath path) throws SQLException {
    String sql =
        ("SELECT COUNT(*) FROM %s.lost_record WHERE path = '%s' AND id NOT IN (SELECT id FROM %s)"
                + " AND id NOT IN (SELECT id FROM %s)")
            .formatted(
                TestDatabase.nameOf(schemas.control()),
                path,
                measurements(schemas.legacy()),
                measurements(schemas.stream()));
    return Integer.parseInt(TestDatabase.query(sql).getFirst());
  }

  private static String measurements(DbSettings.Schema schema) {
    return TestDatabase.nameOf(schema) + ".t_user_health_data";
  }

  private static Map<String, Integer> count(String measurements) throws SQLException {
    Map<String, Integer> rows = new HashMap<>();
    try (var connection = TestDatabase.admin();
        var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT device_sn, COUNT(*) FROM (%s) AS measurement GROUP BY device_sn"
                    .formatted(measurements))) {
      while (result.next()) {
        rows.put(result.getString(1), result.getInt(2));
      }
    }
    return rows;
  }
}
