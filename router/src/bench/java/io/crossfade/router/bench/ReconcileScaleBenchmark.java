package io.crossfade.router.bench;

import io.crossfade.db.DbSettings;
import io.crossfade.db.JavaCommand;
import io.crossfade.db.Output;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.cli.ReconcilerCli;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Ten times the rows: the command line in {@code -Xmx128m}, as a process of its own, over one
 * million and over ten million rows a side.
 */
final class ReconcileScaleBenchmark {

  private static final int SMALL = Integer.getInteger("crossfade.bench.rows", 1_000_000);
  private static final int DEVICES = 1_000;
  private static final int TIMES = 10;
  private static final double BAR = 11;
  private static final long MEMORY = 12L << 30;
  private static final String TABLE = "t_user_health_data";

  private ReconcileScaleBenchmark() {}

  static void run() throws Exception {
    DbSettings schemas = PlainLinks.to(TestDatabase.newSchemas());
    try (TestOutputs outputs = new TestOutputs(schemas)) {
      Output legacy = new Output(outputs.legacy());
      for (int second = 0; second < SMALL / DEVICES; second++) {
        legacy.write(BenchRecords.plain(DEVICES, second));
      }
      String left = TestDatabase.nameOf(schemas.legacy());
      String right = TestDatabase.nameOf(schemas.stream());
      execute("SET GLOBAL innodb_buffer_pool_size = " + MEMORY);
      execute(
          "INSERT INTO %s.%s SELECT * FROM %s.%s ORDER BY id".formatted(right, TABLE, left, TABLE));
      double small = Math.min(seconds(outputs, 1), seconds(outputs, 1));
      for (String schema : List.of(left, right)) {
        for (int copy = 1; copy < TIMES; copy++) {
          execute(grow(schema, copy));
        }
        execute("ANALYZE TABLE %s.%s".formatted(schema, TABLE));
      }
      seconds(outputs, TIMES);
      double large = seconds(outputs, TIMES);
      System.out.printf(
          "  RATIO    %,d rows a side %.1f s / %,d rows a side %.1f s = %.1f (bar %.0f) %s%n",
          SMALL * TIMES,
          large,
          SMALL,
          small,
          large / small,
          BAR,
          large / small <= BAR ? "met" : "MISSED");
    }
  }

  /** The same rows once more, under ids that follow on. */
  private static String grow(String schema, int copy) throws SQLException {
    try (Connection admin = TestDatabase.admin();
        Statement statement = admin.createStatement();
        var result =
            statement.executeQuery(
                "SELECT GROUP_CONCAT(CONCAT('`', column_name, '`') ORDER BY ordinal_position)"
                    + " FROM information_schema.columns WHERE table_schema = '%s'".formatted(schema)
                    + " AND table_name = '"
                    + TABLE
                    + "' AND column_name <> 'id'")) {
      result.next();
      String columns = result.getString(1);
      return "INSERT INTO %1$s.%2$s (id, %3$s) SELECT CONCAT(CHAR(%4$d), SUBSTRING(id, 2)), %3$s FROM %1$s.%2$s WHERE id < x'01FFFFFF' ORDER BY id"
          .formatted(schema, TABLE, columns, 16 + copy);
    }
  }

  private static double seconds(TestOutputs outputs, int times)
      throws IOException, InterruptedException {
    List<String> command = JavaCommand.of(ReconcilerCli.class, List.of("-Xmx128m"));
    command.addAll(
        List.of("compare", "--drained", "--kind=health", "--from=2000-01-01", "--to=2100-01-01"));
    DbSettings schemas = outputs.settings();
    settings(command, "control", schemas.control());
    settings(command, "legacy", schemas.legacy());
    settings(command, "stream", schemas.stream());
    Path log = Files.createTempFile("reconcile-scale", ".log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (!process.waitFor(20, TimeUnit.MINUTES) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IllegalStateException(Files.readString(log));
    }
    long rows =
        TestOutputs.number(
            outputs.control(),
            "SELECT matching FROM comparison_kind ORDER BY comparison_id DESC LIMIT 1");
    if (rows < (long) SMALL * times) {
      throw new IllegalStateException(rows + " rows compared");
    }
    // What the run says of itself: a JVM's start is no part of what grows.
    double seconds =
        TestOutputs.number(
                outputs.control(),
                "SELECT TIMESTAMPDIFF(MICROSECOND, started_at, finished_at) FROM comparison"
                    + " ORDER BY id DESC LIMIT 1")
            / 1e6;
    System.out.printf("  %,12d rows a side in -Xmx128m: %.1f s%n", (long) SMALL * times, seconds);
    return seconds;
  }

  private static void settings(List<String> command, String name, DbSettings.Schema schema) {
    String prefix = "--set=crossfade.db." + name + ".";
    command.add(prefix + "url=" + schema.url());
    command.add(prefix + "username=" + schema.username());
    command.add(prefix + "password=" + schema.password());
  }

  private static void execute(String sql) throws SQLException {
    try (Connection admin = TestDatabase.admin();
        Statement statement = admin.createStatement()) {
      statement.execute(sql);
    }
  }
}
