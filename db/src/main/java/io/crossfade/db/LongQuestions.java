package io.crossfade.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Statements that a server may think about for longer than a pool waits: scans, reports, slices of
 * deletes. Nobody waits for these but a page or a loop in the background.
 */
public final class LongQuestions {

  /** The longest silence of a server that is at work on one. */
  static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  private LongQuestions() {}

  /** A connection of a pool for long questions, until it is given back. */
  public static Connection connect(DataSource database) throws SQLException {
    Connection connection = database.getConnection();
    try {
      allow(connection);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /** Allows long questions on a connection until it is given back to its pool. */
  public static void allow(Connection connection) throws SQLException {
    int millis = connection.getNetworkTimeout();
    // 0 is without limit.
    if (millis > 0 && millis < ANSWER_WITHIN.toMillis()) {
      connection.setNetworkTimeout(Runnable::run, (int) ANSWER_WITHIN.toMillis());
    }
  }
}
