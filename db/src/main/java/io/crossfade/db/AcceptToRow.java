package io.crossfade.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import javax.sql.DataSource;

/** How long records of a window took from acceptance to their row in one output. */
public final class AcceptToRow {

  private static final int SAMPLES = 20_000;
  private static final double P95 = 0.95;

  private AcceptToRow() {}

  /** 95th percentile, ms, of at most {@value #SAMPLES} rows; empty without rows. */
  public static OptionalDouble p95(DataSource output, Kind kind, long fromStamp, long toStamp)
      throws SQLException {
    String table = OutputTables.of(kind).getFirst().name();
    List<Long> millis = new ArrayList<>();
    try (Connection connection = output.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT stamp, written_at FROM "
                    + table
                    + " WHERE stamp >= ? AND stamp < ? LIMIT "
                    + SAMPLES)) {
      statement.setLong(1, fromStamp);
      statement.setLong(2, toStamp);
      try (ResultSet result = statement.executeQuery()) {
        while (result.next()) {
          millis.add(
              Duration.between(
                      AcceptanceStamp.instantOf(result.getLong(1)),
                      result.getObject(2, LocalDateTime.class).toInstant(ZoneOffset.UTC))
                  .toMillis());
        }
      }
      connection.commit();
    }
    return millis.isEmpty()
        ? OptionalDouble.empty()
        : OptionalDouble.of(
            millis.stream()
                .sorted()
                .skip((long) (P95 * (millis.size() - 1)))
                .findFirst()
                .orElseThrow());
  }
}
