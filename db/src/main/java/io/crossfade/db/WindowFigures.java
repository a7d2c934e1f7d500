package io.crossfade.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import javax.sql.DataSource;

/**
 * What one output says of the records of a kind accepted in a window, besides their values.
 *
 * @param rows by the reason for which the path had them
 * @param acceptToRowP95 ms, of at most {@value #SAMPLES} rows; empty without rows
 */
public record WindowFigures(Map<RouteReason, Long> rows, OptionalDouble acceptToRowP95) {

  /** Those of the legacy and of the stream output. */
  public record OfBoth(WindowFigures legacy, WindowFigures stream) {}

  private static final int SAMPLES = 20_000;
  private static final double P95 = 0.95;

  /** Reads them. */
  public static WindowFigures read(DataSource output, Kind kind, long fromStamp, long toStamp)
      throws SQLException {
    String table = OutputTables.of(kind).getFirst().name();
    try (Connection connection = output.getConnection()) {
      Map<RouteReason, Long> rows = new EnumMap<>(RouteReason.class);
      try (PreparedStatement statement =
          window(
              connection,
              "SELECT route_reason, COUNT(*) FROM " + table,
              " GROUP BY route_reason",
              fromStamp,
              toStamp)) {
        try (ResultSet result = statement.executeQuery()) {
          while (result.next()) {
            rows.put(RouteReason.valueOf(result.getString(1)), result.getLong(2));
          }
        }
      }
      List<Long> millis = new ArrayList<>();
      try (PreparedStatement statement =
          window(
              connection,
              "SELECT stamp, written_at FROM " + table,
              " LIMIT " + SAMPLES,
              fromStamp,
              toStamp)) {
        try (ResultSet result = statement.executeQuery()) {
          while (result.next()) {
            millis.add(
                Duration.between(
                        AcceptanceStamp.instantOf(result.getLong(1)),
                        result.getObject(2, LocalDateTime.class).toInstant(ZoneOffset.UTC))
                    .toMillis());
          }
        }
      }
      connection.commit();
      return new WindowFigures(rows, p95(millis));
    }
  }

  /** Rows with one of these reasons. */
  public long rows(RouteReason... reasons) {
    long sum = 0;
    for (RouteReason reason : reasons) {
      sum += rows.getOrDefault(reason, 0L);
    }
    return sum;
  }

  private static OptionalDouble p95(List<Long> millis) {
    return millis.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            millis.stream()
                .sorted()
                .skip((long) (P95 * (millis.size() - 1)))
                .findFirst()
                .orElseThrow());
  }

  private static PreparedStatement window(
      Connection connection, String select, String rest, long fromStamp, long toStamp)
      throws SQLException {
    PreparedStatement statement =
        connection.prepareStatement(select + " WHERE stamp >= ? AND stamp < ?" + rest);
    statement.setLong(1, fromStamp);
    statement.setLong(2, toStamp);
    return statement;
  }
}
