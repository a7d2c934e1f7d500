package io.crossfade.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;

/** Opens pools onto the three schemas and brings their tables up to date. */
final class Schemas {

  /** How long a request waits for a connection, ms; a device waits 10 s for its answer. */
  private static final long CONNECTION_TIMEOUT_MS = 3_000;

  /**
   * How long a connection that was idle may take to show that it is alive, ms: each that went
   * silent costs whoever comes next so much.
   */
  private static final long VALIDATION_TIMEOUT_MS = 1_000;

  /** The least that a pool allows; well within what the server waits for, see {@link PoolUse}. */
  private static final long KEEPALIVE_MS = 30_000;

  /** One reads all the time; another is for changes. */
  private static final int FLAG_CONNECTIONS = 2;

  /** What a URL may say otherwise. */
  private static final List<String> LIMITS = List.of("connectTimeout", "socketTimeout");

  private static final String CONTROL = "control";

  private Schemas() {}

  /** A pool whose connections commit by hand, keep their prepared statements and speak UTC. */
  static HikariDataSource open(String name, DbSettings.Schema schema) {
    return new HikariDataSource(config(name, schema, PoolUse.TRIAL));
  }

  /** The same, closed until {@link SchemaPool#open()} has brought the tables up to date. */
  static SchemaPool open(String name, DbSettings.Schema schema, SchemaPool.Migration migration) {
    PoolUse use = migration.scripts().equals(CONTROL) ? PoolUse.CONTROL : PoolUse.OUTPUT;
    return new SchemaPool(config(name, schema, use), schema, migration);
  }

  /** A pool of its own for the flags, closed for as long as the control schema's is. */
  static HikariDataSource openForFlags(DbSettings.Schema schema, SchemaPool control) {
    HikariConfig config = config("flags", schema, PoolUse.FLAGS);
    config.setMaximumPoolSize(FLAG_CONNECTIONS);
    return new PoolBeside(config, control);
  }

  private static HikariConfig config(String name, DbSettings.Schema schema, PoolUse use) {
    HikariConfig config = new HikariConfig();
    config.setPoolName(name);
    config.setJdbcUrl(schema.url());
    config.setUsername(schema.username());
    config.setPassword(schema.password());
    config.setMaximumPoolSize(schema.connections());
    config.setMinimumIdle(1);
    config.setAutoCommit(false);
    // Upserts of disjoint rows must not lock the gaps between them.
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    config.setConnectionTimeout(CONNECTION_TIMEOUT_MS);
    config.setValidationTimeout(VALIDATION_TIMEOUT_MS);
    config.setKeepaliveTime(KEEPALIVE_MS);
    // A router starts and accepts on the stream while its database is away.
    config.setInitializationFailTimeout(-1);
    config.setExceptionOverride(new LeaveReadOnly());
    config.setDataSourceProperties(driverProperties(use, schema.url()));
    return config;
  }

  /**
   * A primary that was demoted refuses writes and keeps its connections; the next ones lead to
   * whoever has its name by then. The pool itself only knows connections that broke.
   */
  private static final class LeaveReadOnly implements SQLExceptionOverride {

    @java.lang.Override
    public Override adjudicate(SQLException e) {
      return SqlFaults.isReadOnly(e) ? Override.MUST_EVICT : Override.CONTINUE_EVICT;
    }
  }

  /** Connector/J: statements prepared on the server and kept, no local files, bounded waits. */
  private static Properties driverProperties(PoolUse use, String url) {
    Properties properties = new Properties();
    properties.setProperty("useServerPrepStmts", "true");
    properties.setProperty("cachePrepStmts", "true");
    if (use.isControl()) {
      // Notes come in any number, each time as one statement. A statement that is kept holds some
      // 400 bytes a parameter, and hardly comes again, so only short ones are.
      properties.setProperty("prepStmtCacheSize", "50");
      properties.setProperty("prepStmtCacheSqlLimit", "512");
    } else {
      // The upserts of a few fixed sizes are parsed once per connection, not once per batch.
      properties.setProperty("prepStmtCacheSize", "100");
      properties.setProperty("prepStmtCacheSqlLimit", "32768");
    }
    // JDBC batches of inserts go as one statement, too.
    properties.setProperty("rewriteBatchedStatements", "true");
    properties.setProperty("allowMultiQueries", "false");
    properties.setProperty("allowLoadLocalInfile", "false");
    properties.setProperty("characterEncoding", "UTF-8");
    properties.setProperty("connectionTimeZone", "UTC");
    properties.setProperty("forceConnectionTimeZoneToSession", "true");
    // The session's mode decides whether a value that does not fit is an error or silently cut.
    properties.setProperty(
        "sessionVariables",
        "sql_mode='STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO',"
            + "innodb_lock_wait_timeout=%1$d,lock_wait_timeout=%1$d,wait_timeout=%2$d"
                .formatted(use.lockSeconds(), use.idleSeconds()));
    properties.setProperty("useLocalSessionState", "true");
    properties.setProperty("connectTimeout", "2000");
    properties.setProperty("socketTimeout", String.valueOf(use.answerMillis()));
    properties.setProperty("tcpKeepAlive", "true");
    // These would win over the URL's.
    String parameters = url.replaceFirst("[^?]*", "");
    LIMITS.stream()
        .filter(limit -> parameters.matches(".*[?&]%s=.*".formatted(limit)))
        .forEach(properties::remove);
    return properties;
  }

  /**
   * Brings one schema up to date.
   *
   * @param scripts {@code control} or {@code output}
   * @param migration the user that may change the schema; the schema's own when {@code null}
   */
  static void migrate(
      String scripts, DbSettings.Schema schema, DbSettings.@Nullable Credentials migration)
      throws SQLException {
    if (scripts.equals(CONTROL) || Watches.anyInUse()) {
      runScripts(scripts, schema, migration);
    }
    if (!scripts.equals(CONTROL) && DefinedSchema.isNeeded()) {
      try (Connection connection =
          DriverManager.getConnection(
              schema.url(),
              migration == null ? schema.username() : migration.username(),
              migration == null ? schema.password() : migration.password())) {
        DefinedSchema.migrate(connection);
      }
    }
  }

  /**
   * Looks whether the tables of kinds that files define are there.
   *
   * @throws SQLException when they are not, too
   */
  static void check(String scripts, DbSettings.Schema schema) throws SQLException {
    if (!scripts.equals(CONTROL) && DefinedSchema.isNeeded()) {
      try (Connection connection =
          DriverManager.getConnection(schema.url(), schema.username(), schema.password())) {
        DefinedSchema.check(connection);
      }
    }
  }

  private static void runScripts(
      String scripts, DbSettings.Schema schema, DbSettings.@Nullable Credentials migration) {
    Flyway.configure()
        .dataSource(
            schema.url(),
            migration == null ? schema.username() : migration.username(),
            migration == null ? schema.password() : migration.password())
        .locations("classpath:crossfade/db/" + scripts)
        .table("crossfade_schema_history")
        .load()
        .migrate();
  }
}
