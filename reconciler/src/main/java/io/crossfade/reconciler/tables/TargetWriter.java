package io.crossfade.reconciler.tables;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes into the target: a few rows in one transaction, again where it met a deadlock. */
final class TargetWriter implements RepairSink, AutoCloseable {

  /** Zero dates and the number 0 are written as they are; what does not fit is refused. */
  static final String STRICT =
      "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'";

  static final String LENIENT =
      "SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO'";

  private static final String NOT_MET =
      "it has just changed, or another row has its key or refers to it";

  private static final int TRIES = 20;
  private static final int DEADLOCK = 1213;

  /** These say something of a statement's row; with all others nothing more can be written. */
  private static final List<String> OF_A_ROW = List.of("01", "22", "23", "44", "45", "HY", "S1");

  private static final int LOCK_WAIT = 1205;
  private static final Set<Integer> READ_ONLY = Set.of(1290, 1836);

  private final Connection connection;

  TargetWriter(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(false);
    run(STRICT);
  }

  @Override
  public List<Optional<String>> take(List<SqlText> statements) throws SQLException {
    for (int tries = 1; ; tries++) {
      try {
        List<Optional<String>> answers = new ArrayList<>();
        for (SqlText one : statements) {
          answers.add(write(one));
        }
        connection.commit();
        return answers;
      } catch (SQLException e) {
        // Its server has undone the whole transaction; each statement still says what it expects.
        if (e.getErrorCode() != DEADLOCK || tries == TRIES) {
          throw e;
        }
        connection.rollback();
      }
    }
  }

  private Optional<String> write(SqlText statement) throws SQLException {
    try {
      if (statement.isLenient()) {
        run(LENIENT);
      }
      return statement.execute(connection) > 0 ? Optional.empty() : Optional.of(NOT_MET);
    } catch (SQLException e) {
      String state = String.valueOf(e.getSQLState());
      boolean ofARow =
          e.getErrorCode() == LOCK_WAIT || OF_A_ROW.stream().anyMatch(state::startsWith);
      if (!ofARow || READ_ONLY.contains(e.getErrorCode())) {
        throw e;
      }
      return Optional.of(String.valueOf(e.getMessage()));
    } finally {
      if (statement.isLenient()) {
        run(STRICT);
      }
    }
  }

  private void run(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
