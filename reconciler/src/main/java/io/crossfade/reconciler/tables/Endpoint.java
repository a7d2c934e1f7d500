package io.crossfade.reconciler.tables;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A schema on a server, and who reads it.
 *
 * @param url JDBC URL with a schema, {@code jdbc:mysql://host/schema}; {@code jdbc:mariadb:} is
 *     taken as well
 * @param user {@code null} when the URL says it, or nobody is needed
 */
public record Endpoint(String url, @Nullable String user, @Nullable String password) {

  private static final Pattern URL =
      Pattern.compile("jdbc:(?:mysql|mariadb)://(?:[^/?@]*@)?([^/?@]+)/([^/?]+)(\\?.*)?");

  private static final String CONNECT_WITHIN_MS = "20000";

  /** Texts come as UTF-8, times of day as UTC, and zero dates may be asked for. */
  private static final String SESSION =
      "SET SESSION time_zone = '+00:00', net_write_timeout = 3600, net_read_timeout = 3600,"
          + " sql_mode = IF(@@sql_mode LIKE '%NO_BACKSLASH_ESCAPES%', 'NO_BACKSLASH_ESCAPES', '')";

  public Endpoint {
    if (!URL.matcher(url).matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a place of tables; write jdbc:mysql://host:3306/schema"
              .formatted(url.replaceFirst("//[^/@]*@", "//").replaceFirst("\\?.*", "")));
    }
  }

  /** Name of the schema. */
  public String schema() {
    return parts().group(2);
  }

  /** Server and schema, without anything secret. */
  public String place() {
    return parts().group(1) + "/" + schema();
  }

  private Matcher parts() {
    Matcher parts = URL.matcher(url);
    if (!parts.matches()) {
      throw new IllegalStateException("Checked when it was made");
    }
    return parts;
  }

  /** A connection that only reads, and shows values alike on every server. */
  Connection open() throws SQLException {
    Connection connection = connect();
    try (Statement statement = connection.createStatement()) {
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  /** A connection that may write. */
  Connection connect() throws SQLException {
    Properties properties = new Properties();
    if (user != null) {
      properties.setProperty("user", user);
    }
    if (password != null) {
      properties.setProperty("password", password);
    }
    properties.setProperty("characterEncoding", "UTF-8");
    properties.setProperty("useServerPrepStmts", "false");
    properties.setProperty("useCursorFetch", "false");
    properties.setProperty("allowLoadLocalInfile", "false");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("connectTimeout", CONNECT_WITHIN_MS);
    Connection connection =
        DriverManager.getConnection(url.replaceFirst("^jdbc:mariadb:", "jdbc:mysql:"), properties);
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET NAMES utf8mb4");
      statement.execute(SESSION);
      // A server's limit for everybody's statements would end the reading of a large table.
      statement.execute(
          isMariaDb(connection)
              ? "SET SESSION max_statement_time = 0"
              : "SET SESSION max_execution_time = 0");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    return connection;
  }

  static boolean isMariaDb(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT VERSION()")) {
      row.next();
      return row.getString(1).contains("MariaDB");
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return place();
  }
}
