package io.crossfade.router.bench;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.reconciler.tables.DiffOptions;
import io.crossfade.reconciler.tables.Endpoint;
import io.crossfade.reconciler.tables.PairRules;
import io.crossfade.reconciler.tables.PairSpec;
import io.crossfade.reconciler.tables.TableDiff;
import io.crossfade.reconciler.tables.TableOutcome;
import io.crossfade.reconciler.tables.TableThrottle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Two tables of 20 columns with 100 planted differences, as {@code reconciler diff} compares them:
 * beside pt-table-sync, beside merely reading both sides, by two workers, and by a composite key.
 */
final class TablesBenchmark {

  private static final int ROWS = Integer.getInteger("crossfade.bench.rows", 1_000_000);
  private static final int PLANTED = 100;
  private static final Duration WARM_UP =
      Duration.ofSeconds(Integer.getInteger("crossfade.bench.warm-up-seconds", 25));

  private static final String ONE = "reconciler diff, one worker";
  private static final String TWO = "two workers";
  private static final String COMPOSITE = "one worker, a key of text and decimal";
  private static final String READING = "reading both sides with two streaming connections";
  private static final String PT = "pt-table-sync --print";

  private static final String OTHER_COLUMNS =
      """
      customer BIGINT NOT NULL, state ENUM('new','paid','sent') NOT NULL, total DECIMAL(12,2) NOT NULL,
      currency CHAR(3) NOT NULL, items INT NOT NULL, weight DOUBLE, created DATETIME NOT NULL,
      updated DATETIME(3) NOT NULL, street VARCHAR(60), city VARCHAR(40), zip VARCHAR(10),
      country CHAR(2), phone VARCHAR(20), mail VARCHAR(60), note VARCHAR(100), flags INT NOT NULL,
      shop SMALLINT NOT NULL, hash BINARY(16) NOT NULL\
      """;

  private static final String OTHER_VALUES =
      """
      n %% 10007, 1 + n %% 3, n / 7, 'EUR', n %% 9, n / 3e0, '2026-01-01' + INTERVAL n SECOND,
      '2026-02-01' + INTERVAL n * 1.001 SECOND, CONCAT('street ', n), CONCAT('city ', n %% 977), n %% 99999,
      'DE', CONCAT('+49', n), CONCAT('customer', n, '@example.org'), REPEAT('note ', n %% 12), n %% 16,
      n %% 50, UNHEX(MD5(n))\
      """;

  private TablesBenchmark() {}

  static void run() throws Exception {
    DbSettings schemas = PlainLinks.to(TestDatabase.newSchemas());
    Path state = Files.createTempDirectory("tables-bench");
    fill(TestDatabase.nameOf(schemas.legacy()), TestDatabase.nameOf(schemas.stream()));
    Series series =
        new Series("rows/s a side")
            .with(ONE, () -> perSecond(() -> diff(schemas, state, "orders", 1)))
            .with(TWO, () -> perSecond(() -> diff(schemas, state, "orders", 2)))
            .with(COMPOSITE, () -> perSecond(() -> diff(schemas, state, "lines", 1)))
            .with(READING, () -> perSecond(() -> both(schemas)));
    long end = System.nanoTime() + WARM_UP.toNanos();
    while (System.nanoTime() < end) {
      diff(schemas, state, "orders", 1);
      diff(schemas, state, "lines", 1);
      both(schemas);
    }
    series.run(Integer.getInteger("crossfade.bench.rounds", 3));
    series.ratio(ONE, READING, 1 / 1.2).ratio(TWO, ONE, 1 / 0.75).ratio(COMPOSITE, ONE, 1 / 1.5);
    new Series("rows/s a side")
        .with(PT, () -> perSecond(() -> ptTableSync(schemas)))
        .with(ONE, () -> perSecond(() -> diff(schemas, state, "orders", 1)))
        .run(1)
        .ratio(ONE, PT, 8);
  }

  private static double perSecond(Callable<?> work) throws Exception {
    long begin = System.nanoTime();
    work.call();
    return ROWS / ((System.nanoTime() - begin) / 1e9);
  }

  private static long diff(DbSettings schemas, Path state, String table, int workers)
      throws Exception {
    PairSpec pair =
        new PairSpec(
            endpoint(schemas.legacy()),
            endpoint(schemas.stream()),
            table,
            table,
            null,
            null,
            PairRules.NONE,
            null);
    DiffOptions options =
        new DiffOptions(
            state, workers, DiffOptions.ROWS_OF_RANGE, Duration.ZERO, TableThrottle.NONE);
    try (TableDiff diff = TableDiff.open(pair, options)) {
      TableOutcome outcome = diff.run();
      diff.forget();
      if (outcome.differing() != PLANTED
          || outcome.leftRows() != ROWS
          || !outcome.proof().isFull()) {
        throw new IllegalStateException(outcome.toString());
      }
      return outcome.differing();
    }
  }

  private static Endpoint endpoint(DbSettings.Schema schema) {
    return new Endpoint(schema.url(), schema.username(), schema.password());
  }

  private static long both(DbSettings schemas) throws Exception {
    try (ExecutorService sides = Executors.newFixedThreadPool(2)) {
      Future<Long> left = sides.submit(() -> stream(schemas.legacy()));
      Future<Long> right = sides.submit(() -> stream(schemas.stream()));
      return left.get() + right.get();
    }
  }

  private static long stream(DbSettings.Schema schema) throws SQLException {
    long bytes = 0;
    try (Connection connection =
            DriverManager.getConnection(schema.url(), schema.username(), schema.password());
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT * FROM orders ORDER BY id",
                ResultSet.TYPE_FORWARD_ONLY,
                ResultSet.CONCUR_READ_ONLY)) {
      statement.setFetchSize(Integer.MIN_VALUE);
      try (ResultSet result = statement.executeQuery()) {
        int count = result.getMetaData().getColumnCount();
        while (result.next()) {
          for (int column = 1; column <= count; column++) {
            byte[] value = result.getBytes(column);
            bytes += value == null ? 0 : value.length;
          }
        }
      }
    }
    return bytes;
  }

  private static long ptTableSync(DbSettings schemas) throws IOException, InterruptedException {
    List<String> printed = PtTableSync.print(schemas, "orders");
    long found =
        printed.stream()
            .filter(line -> line.startsWith("UPDATE") || line.startsWith("REPLACE"))
            .count();
    System.out.printf("  pt-table-sync found %d of %d differences%n", found, PLANTED);
    if (found == 0) {
      throw new IllegalStateException(String.join("\n", printed));
    }
    return found;
  }

  private static void fill(String left, String right) throws SQLException {
    TestDatabase.execute(
        "CREATE TABLE %s.numbers (n INT PRIMARY KEY)".formatted(left),
        "INSERT INTO %s.numbers VALUES (1)".formatted(left));
    for (int have = 1; have < ROWS; have *= 2) {
      TestDatabase.execute(
          "INSERT INTO %1$s.numbers SELECT n + %2$d FROM %1$s.numbers WHERE n + %2$d <= %3$d"
              .formatted(left, have, ROWS));
    }
    for (String schema : List.of(left, right)) {
      TestDatabase.execute(
          "CREATE TABLE %s.orders (id BIGINT NOT NULL, tax DECIMAL(10,2) NOT NULL, %s, PRIMARY KEY (id))"
              .formatted(schema, OTHER_COLUMNS),
          "CREATE TABLE %s.lines (code VARCHAR(20) NOT NULL, part DECIMAL(10,2) NOT NULL, %s, PRIMARY KEY (code, part))"
              .formatted(schema, OTHER_COLUMNS));
    }
    String others = OTHER_VALUES.formatted();
    TestDatabase.execute(
        "INSERT INTO %1$s.orders SELECT n * 3, n %% 100 / 5, %2$s FROM %1$s.numbers"
            .formatted(left, others),
        "INSERT INTO %1$s.lines SELECT LPAD(n DIV 4, 12, '0'), n %% 4 + 0.25, %2$s FROM %1$s.numbers"
            .formatted(left, others));
    for (String table : List.of("orders", "lines")) {
      TestDatabase.execute(
          "INSERT INTO %s.%s SELECT * FROM %s.%s".formatted(right, table, left, table),
          "UPDATE %s.%s SET items = items + 1 ORDER BY SHA1(hash) LIMIT %d"
              .formatted(right, table, PLANTED),
          "ANALYZE TABLE %s.%s, %s.%s".formatted(left, table, right, table));
    }
  }
}
