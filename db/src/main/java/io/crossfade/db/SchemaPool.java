package io.crossfade.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Properties;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pool of one schema, which gives no connection before its server has answered once and its
 * tables are up to date: whoever asks earlier is told at once why not. So a process starts without
 * the server, and no statement ever meets the tables of an older release.
 */
final class SchemaPool extends HikariDataSource {

  private static final Logger log = LoggerFactory.getLogger(SchemaPool.class);

  /** A server that hangs must not hold up a start for ever; one that is only slow is waited for. */
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

  private static final InstantSource CLOCK = InstantSource.system();

  /** SQLSTATE "cannot connect", which nobody takes for a fault of a row. */
  private static final String CANNOT_CONNECT = "08001";

  private final DbSettings.Schema schema;
  private final Migration migration;
  private volatile DatabaseState state;

  /**
   * How the schema's tables are brought up to date.
   *
   * @param allowed whether by this process; else it only looks whether they are
   */
  record Migration(String scripts, boolean allowed, DbSettings.@Nullable Credentials credentials) {

    private DbSettings.@Nullable Credentials user() {
      return allowed ? credentials : null;
    }
  }

  SchemaPool(HikariConfig config, DbSettings.Schema schema, Migration migration) {
    super(config);
    this.schema = schema;
    this.migration = migration;
    this.state =
        new DatabaseState(
            config.getPoolName(), place(schema), false, "not asked yet", CLOCK.instant());
  }

  /** How it stands, as far as was last seen. */
  DatabaseState state() {
    return state;
  }

  /**
   * Looks whether connections may be had.
   *
   * @throws SQLTransientConnectionException when not, with what stands in the way
   */
  void checkOpened() throws SQLException {
    DatabaseState now = state;
    if (!now.opened()) {
      throw new SQLTransientConnectionException(
          "%s at %s is not in use yet: %s".formatted(now.name(), now.place(), now.trouble()),
          CANNOT_CONNECT);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    checkOpened();
    return super.getConnection();
  }

  /**
   * Brings the tables up to date and lets connections be had, if the server answers; leaves it for
   * later if it does not.
   *
   * @throws FlywayException when waiting does not help: the migration is refused, or is not what
   *     this release knows
   * @throws SQLException when waiting does not help: the user or the schema is unknown
   */
  void open() throws SQLException {
    try {
      probe();
      if (migration.allowed()) {
        Schemas.migrate(migration.scripts(), schema, migration.credentials());
      } else {
        Schemas.check(migration.scripts(), schema);
      }
      opened();
    } catch (FlywayException | SQLException e) {
      SQLException fault = fault(e);
      String trouble = trouble(fault == null ? e : fault);
      boolean firstTime = !trouble.equals(state.trouble());
      state = state.troubled(trouble, CLOCK.instant());
      if (fault == null || isSettled(fault)) {
        throw e;
      }
      if (firstTime) {
        log.warn(
            "The {} schema at {} does not answer: {}; started without it, trying again",
            state.name(),
            state.place(),
            trouble);
      }
    }
  }

  /** Looks whether the server still answers. */
  void look() {
    try (Connection connection = super.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 1")) {
      row.next();
      connection.rollback();
      opened();
    } catch (SQLException e) {
      if (state.trouble() == null) {
        log.warn(
            "The {} schema at {} does not answer any longer: {}",
            state.name(),
            state.place(),
            trouble(e));
      }
      state = state.troubled(trouble(e), CLOCK.instant());
    }
  }

  private void opened() {
    DatabaseState before = state;
    if (!before.opened() || before.trouble() != null) {
      state = before.well(CLOCK.instant());
      log.info("The {} schema at {} is in use", before.name(), before.place());
    }
  }

  /** Neither the user's own timeouts nor Flyway's bound a first connection. */
  private void probe() throws SQLException {
    DbSettings.Credentials migrating = migration.user();
    Properties properties = new Properties();
    properties.setProperty("user", migrating == null ? schema.username() : migrating.username());
    properties.setProperty(
        "password", migrating == null ? schema.password() : migrating.password());
    properties.setProperty("connectTimeout", String.valueOf(ANSWER_WITHIN.toMillis()));
    properties.setProperty("socketTimeout", String.valueOf(ANSWER_WITHIN.toMillis()));
    try (Connection connection = DriverManager.getConnection(schema.url(), properties);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT 1")) {
      row.next();
    }
  }

  /** Whether the same would come again however long one waited: SQLSTATE 28, 42. */
  private static boolean isSettled(SQLException e) {
    String sqlState = String.valueOf(e.getSQLState());
    return sqlState.startsWith("28") || sqlState.startsWith("42");
  }

  /** What the database said; {@code null} when it said nothing wrong. */
  private static @Nullable SQLException fault(Exception e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException fault) {
        return fault;
      }
    }
    return null;
  }

  /** The driver's word for a server that is away, and the system's. */
  private static String trouble(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String said = SqlFaults.describe(e).replaceFirst("^0 ", "");
    String why = String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    return said.endsWith(why) ? said : said + ": " + why;
  }

  private static String place(DbSettings.Schema schema) {
    return schema.address().replaceFirst("^jdbc:mysql://", "");
  }
}
