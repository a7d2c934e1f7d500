package io.crossfade.db;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The one database server of a test JVM, started on first use: at {@code
 * -Dcrossfade.test.mysql-url} when given, in Docker when an engine answers, else embedded: MariaDB,
 * or MySQL 8.0 with {@code -Dcrossfade.test.database=mysql}. Tests are kept apart by schema. It
 * starts or it fails; no test is skipped.
 */
public final class TestDatabase {

  /** May only read and write rows: what a router is given. */
  static final String APP_USER = "crossfade_app";

  /** May change schemas: what Flyway is given. */
  static final String MIGRATION_USER = "crossfade_migration";

  public static final String PASSWORD = "crossfade-test";

  private static final AtomicInteger SCHEMAS = new AtomicInteger();

  /** A test that has a server for itself needs no other. */
  private static final class Shared {
    private static final Server SERVER = Server.start();
  }

  /** Where a server is and who may do everything there. */
  record Server(String url, String username, String password) {

    static Server start() {
      String given = System.getProperty("crossfade.test.mysql-url");
      if (given != null) {
        return new Server(
            given,
            System.getProperty("crossfade.test.mysql-username", "root"),
            System.getProperty("crossfade.test.mysql-password", ""));
      }
      return DockerServers.available()
          ? DockerServers.startDatabase(DatabaseProcess.isMySql())
          : DatabaseProcess.shared();
    }
  }

  private TestDatabase() {}

  /** Three empty schemas, as settings for {@link DbConfiguration}. */
  public static DbSettings newSchemas() {
    return newSchemas(Shared.SERVER.url());
  }

  /** The same, reached through a link that a test can cut. */
  public static DbSettings newSchemasBehind(CutLink link) {
    return newSchemas("jdbc:mysql://127.0.0.1:" + link.port());
  }

  /** Port of the server on this machine. */
  public static int port() {
    return Integer.parseInt(Shared.SERVER.url().replaceAll(".*:(\\d+).*", "$1"));
  }

  /** What server this is, for example {@code 8.0.33} or {@code 11.4.5-MariaDB-log}. */
  public static String version() {
    try (Connection connection = admin()) {
      return connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A connection that may do everything. */
  public static Connection admin() throws SQLException {
    return DriverManager.getConnection(
        Shared.SERVER.url() + "/", Shared.SERVER.username(), Shared.SERVER.password());
  }

  /** What a schema is called on its server. */
  public static String nameOf(DbSettings.Schema schema) {
    return schema.address().replaceAll(".*/", "");
  }

  /** Runs statements, one after the other, as a user who may do everything. */
  public static void execute(String... statements) throws SQLException {
    try (Connection connection = admin();
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  /** The first column of each row, as text. */
  public static List<String> query(String sql) throws SQLException {
    try (Connection connection = admin();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (row.next()) {
        values.add(row.getString(1));
      }
      return values;
    }
  }

  private static DbSettings newSchemas(String url) {
    return newSchemas(TestDatabase::admin, url);
  }

  /** Where somebody who may do everything is connected. */
  interface Admin {
    Connection connect() throws SQLException;
  }

  static DbSettings newSchemas(Admin admin, String url) {
    String prefix = "t" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet() + "_";
    try (Connection connection = admin.connect();
        Statement statement = connection.createStatement()) {
      for (String user : new String[] {APP_USER, MIGRATION_USER}) {
        statement.execute(
            "CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY '%s'".formatted(user, PASSWORD));
      }
      for (String name : new String[] {"control", "legacy", "stream"}) {
        String schema = prefix + name;
        statement.execute(
            "CREATE DATABASE " + schema + " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
        statement.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON %s.* TO '%s'@'%%'"
                .formatted(schema, APP_USER));
        statement.execute("GRANT ALL ON %s.* TO '%s'@'%%'".formatted(schema, MIGRATION_USER));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("Cannot create test schemas at " + url, e);
    }
    return new DbSettings(
        schema(url, prefix + "control"),
        schema(url, prefix + "legacy"),
        schema(url, prefix + "stream"),
        true,
        new DbSettings.Credentials(MIGRATION_USER, PASSWORD));
  }

  private static DbSettings.Schema schema(String url, String name) {
    return new DbSettings.Schema(url + "/" + name, APP_USER, PASSWORD, 12);
  }
}
