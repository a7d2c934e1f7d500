package io.crossfade.reconciler.tables;

import io.crossfade.db.OtherDatabase;
import io.crossfade.db.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** A schema on each of two servers, and a user there who may only read it. */
final class TwoSchemas implements AutoCloseable {

  private static final AtomicInteger SCHEMAS = new AtomicInteger();
  static final String READER = "crossfade_reader";
  private static final String WRITER = "crossfade_repairer";

  final Connection left;
  final Connection right;
  private final String name =
      "any%d_%d".formatted(ProcessHandle.current().pid(), SCHEMAS.incrementAndGet());

  /**
   * @param twoServers whether the right one is on the other server
   */
  TwoSchemas(boolean twoServers) throws SQLException {
    left = make(TestDatabase.admin(), name + "_a");
    right = make(twoServers ? OtherDatabase.admin() : TestDatabase.admin(), name + "_b");
    rightUrl = twoServers ? OtherDatabase.url() : leftUrl();
  }

  private final String rightUrl;

  /** What is tried of one seed. */
  interface Trial {
    void run(TwoSchemas schemas, long seed) throws Exception;
  }

  /**
   * Tries seeds on two servers: 40, or as many as {@code crossfade.tables.seeds} says, or the one
   * that {@code crossfade.tables.seed} names.
   */
  static void forEachSeed(Trial trial) throws Exception {
    Long only = Long.getLong("crossfade.tables.seed");
    long from = only == null ? 0 : only;
    long to = only == null ? Integer.getInteger("crossfade.tables.seeds", 40) : only + 1;
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      for (long seed = from; seed < to; seed++) {
        trial.run(schemas, seed);
      }
    }
  }

  private static String leftUrl() {
    return "jdbc:mysql://127.0.0.1:" + TestDatabase.port();
  }

  private static Connection make(Connection connection, String schema) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + schema + " CHARACTER SET utf8mb4");
      statement.execute(
          "CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY '%s'"
              .formatted(READER, TestDatabase.PASSWORD));
      statement.execute("GRANT SELECT ON %s.* TO '%s'@'%%'".formatted(schema, READER));
      statement.execute("USE " + schema);
      statement.execute("SET SESSION sql_mode = '', time_zone = '+00:00'");
      statement.execute("SET NAMES utf8mb4");
    }
    return connection;
  }

  /** A reader's place. */
  Endpoint reader(Side side) {
    return new Endpoint(
        (side == Side.LEFT ? leftUrl() + "/" + name + "_a" : rightUrl + "/" + name + "_b"),
        READER,
        TestDatabase.PASSWORD);
  }

  /** One table of both, whole. */
  static PairSpec pair(TwoSchemas schemas, String table) {
    return new PairSpec(
        schemas.reader(Side.LEFT),
        schemas.reader(Side.RIGHT),
        table,
        table,
        null,
        null,
        PairRules.NONE,
        null);
  }

  /** The same, of somebody who may write there. */
  Endpoint writer(Side side) throws SQLException {
    Connection connection = side == Side.LEFT ? left : right;
    String schema = reader(side).schema();
    on(
        connection,
        "CREATE USER IF NOT EXISTS '%s'@'%%' IDENTIFIED BY '%s'"
            .formatted(WRITER, TestDatabase.PASSWORD),
        "GRANT SELECT, INSERT, UPDATE, DELETE ON %s.* TO '%s'@'%%'".formatted(schema, WRITER));
    return new Endpoint(reader(side).url(), WRITER, TestDatabase.PASSWORD);
  }

  Connection of(Side side) {
    return side == Side.LEFT ? left : right;
  }

  /** Runs statements on both. */
  void both(String... statements) throws SQLException {
    on(left, statements);
    on(right, statements);
  }

  static void on(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String one : statements) {
        statement.execute(one);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    on(left, "DROP DATABASE " + name + "_a");
    on(right, "DROP DATABASE " + name + "_b");
    left.close();
    right.close();
  }
}
