package io.crossfade.router.bench;

import io.crossfade.db.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What a database server of its own has: memory for the rows of some minutes, and a redo log as large, so that pages are
 * written once they have changed a lot. Tests do with 512 MiB and the server's own log, 96 MiB on MariaDB.
 */
final class DatabaseRoom {

  private static final long MEMORY = 4L << 30;

  private DatabaseRoom() {}

  static void make() throws SQLException {
    boolean mariaDb = TestDatabase.version().contains("MariaDB");
    try (Connection admin = TestDatabase.admin();
        Statement statement = admin.createStatement()) {
      statement.execute("SET GLOBAL innodb_buffer_pool_size = " + MEMORY);
      statement.execute(
          "SET GLOBAL %s = %d".formatted(mariaDb ? "innodb_log_file_size" : "innodb_redo_log_capacity", MEMORY));
    }
  }
}
