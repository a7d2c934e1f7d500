package io.crossfade.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import javax.sql.DataSource;

/** How long records of a window took from acceptance to their row in one output. */
public final class AcceptToRow {

  /** From all over the window: its first minutes may have been quiet. */
  private static final int SLICES = 20;

  private static final int ROWS_PER_SLICE = 250;
  private static final double P95 = 0.95;

  private AcceptToRow() {}

  /** 95th percentile, ms, of at most 5,000 rows; empty without rows. */
  public static OptionalDouble p95(DataSource output, Kind kind, long fromStamp, long toStamp)
      throws SQLException {
    String slice =
        "(SELECT stamp, written_at FROM %s WHERE stamp >= ? AND stamp < ? LIMIT %d)"
            .formatted(OutputTables.of(kind).getFirst().name(), ROWS_PER_SLICE);
    String sql = String.join(" UNION ALL ", Collections.nCopies(SLICES, slice));
    List<Long> millis = new ArrayList<>();
    try (Connection connection = LongQuestions.connect(output);
        PreparedStatement statement = connection.prepareStatement(sql)) {
      long width = Math.max(1, (toStamp - fromStamp) / SLICES);
      for (int i = 0; i < SLICES; i++) {
        long from = fromStamp + i * width;
        statement.setLong(2 * i + 1, from);
        statement.setLong(2 * i + 2, i == SLICES - 1 ? toStamp : Math.min(toStamp, from + width));
      }
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
