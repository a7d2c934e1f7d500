package io.crossfade.db.control;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Rows that time has passed by, deleted in slices: devices' rows are written to the same server.
 */
public final class OldRows {

  private OldRows() {}

  /**
   * Deletes some.
   *
   * @param from table and condition, with one parameter for the moment
   * @param most rows
   * @return how many were deleted
   */
  public static int delete(ControlTransactions transactions, String from, Instant before, int most)
      throws SQLException {
    return transactions
        .forLongQuestions()
        .on(
            connection -> {
              try (PreparedStatement statement =
                  connection.prepareStatement("DELETE FROM " + from + " LIMIT " + most)) {
                statement.setObject(1, LocalDateTime.ofInstant(before, ZoneOffset.UTC));
                return statement.executeUpdate();
              }
            });
  }
}
