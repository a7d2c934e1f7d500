package io.crossfade.db;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A second server for tests that compare two: MariaDB where the first is MySQL, so that both are
 * there; else the first itself.
 */
public final class OtherDatabase {

  private static final TestDatabase.@Nullable Server SERVER =
      "mysql".equals(System.getProperty("crossfade.test.database"))
          ? DockerServers.available()
              ? DockerServers.startDatabase(false)
              : DatabaseProcess.shared(false)
          : null;

  private OtherDatabase() {}

  /** Where it is, without a schema. */
  public static String url() {
    return SERVER == null ? "jdbc:mysql://127.0.0.1:" + TestDatabase.port() : SERVER.url();
  }

  /** A connection that may do everything. */
  public static Connection admin() throws SQLException {
    return SERVER == null
        ? TestDatabase.admin()
        : DriverManager.getConnection(SERVER.url() + "/", SERVER.username(), SERVER.password());
  }
}
