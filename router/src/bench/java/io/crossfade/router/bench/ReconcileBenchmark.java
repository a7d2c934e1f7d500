package io.crossfade.router.bench;

import io.crossfade.db.DbSettings;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.OutputTables;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Throttle;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * One million rows a side with 100 planted differences: the comparison beside pt-table-sync, beside
 * merely reading both sides, and beside two ways that let the server compute digests.
 */
final class ReconcileBenchmark {

  private static final int ROWS = Integer.getInteger("crossfade.bench.rows", 1_000_000);
  private static final int DEVICES = 1_000;
  private static final int PLANTED = 100;

  private static final Duration WARM_UP = Duration.ofSeconds(25);

  private static final String TABLE = "t_user_health_data";
  private static final String OURS = "crossfade, columns read and merged";
  private static final String UNPROVEN = "the same without plants";
  private static final String CIPHERED = "the same over TLS";
  private static final String READING = "reading the columns of both sides";
  private static final String RECEIVING = "receiving them, unread";
  private static final String ROW_DIGESTS = "a CRC per row computed in SQL, streamed";
  private static final String CHUNK_DIGESTS = "a digest per 10,000 rows computed in SQL";
  private static final String PT = "pt-table-sync --print";

  private ReconcileBenchmark() {}

  static void run() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    try (TestOutputs outputs = new TestOutputs(PlainLinks.to(schemas));
        TestOutputs ciphered = new TestOutputs(schemas)) {
      fill(outputs, schemas);
      String columns =
          OutputTables.of(Kind.HEALTH).getFirst().comparedColumns().stream()
              .map(column -> "`" + column + "`")
              .collect(Collectors.joining(","));
      String digest = "CRC32(CONCAT_WS('#'," + columns + "))";
      Series series =
          new Series("rows/s a side")
              .with(OURS, () -> perSecond(() -> compare(outputs, true)))
              .with(UNPROVEN, () -> perSecond(() -> compare(outputs, false)))
              .with(CIPHERED, () -> perSecond(() -> compare(ciphered, true)))
              .with(READING, () -> perSecond(() -> both(outputs, columns, true)))
              .with(RECEIVING, () -> perSecond(() -> both(outputs, columns, false)))
              .with(ROW_DIGESTS, () -> perSecond(() -> both(outputs, digest, true)))
              .with(CHUNK_DIGESTS, () -> perSecond(() -> chunks(outputs, digest)));
      warmUp(outputs, columns);
      series.run(Integer.getInteger("crossfade.bench.rounds", 3));
      series.ratio(OURS, READING, 1 / 1.3).ratio(OURS, RECEIVING, 1 / 1.3);
      series.ratio(OURS, UNPROVEN, 0.97).ratio(CIPHERED, OURS, 0);
      series.ratio(OURS, ROW_DIGESTS, 1).ratio(OURS, CHUNK_DIGESTS, 1);
      new Series("rows/s a side")
          .with(PT, () -> perSecond(() -> ptTableSync(schemas)))
          .with(OURS, () -> perSecond(() -> compare(outputs, true)))
          .run(1)
          .ratio(OURS, PT, 5);
    }
  }

  /** Until both loops are compiled. */
  private static void warmUp(TestOutputs outputs, String columns) throws Exception {
    long end = System.nanoTime() + WARM_UP.toNanos();
    while (System.nanoTime() < end) {
      compare(outputs, true);
      both(outputs, columns, true);
    }
  }

  private static double perSecond(Callable<?> work) throws Exception {
    long begin = System.nanoTime();
    work.call();
    return ROWS / ((System.nanoTime() - begin) / 1e9);
  }

  private static long compare(TestOutputs outputs, boolean proven) throws Exception {
    Comparison comparison =
        new Comparison(
            outputs.control(),
            outputs.legacy(),
            outputs.stream(),
            () -> Optional.of(Instant.MAX),
            Throttle.NONE,
            new ComparisonSettings(99.9, 100, Duration.ZERO, Duration.ZERO, Set.of(), 100),
            InstantSource.system(),
            InstanceName.unique());
    ComparisonResult result =
        (proven ? comparison : comparison.withoutProof())
            .run(
                new ComparisonRequest(
                    Origin.ON_DEMAND,
                    new ComparisonWindow(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z")),
                    Set.of(Kind.HEALTH)));
    long found = result.unexplained(Kind.HEALTH);
    if (found != PLANTED || result.compared(Kind.HEALTH) != ROWS) {
      throw new IllegalStateException(found + " differences found, " + PLANTED + " planted");
    }
    return found;
  }

  private static long both(TestOutputs outputs, String columns, boolean read) throws Exception {
    try (ExecutorService sides = Executors.newFixedThreadPool(2)) {
      Future<Long> left = sides.submit(() -> stream(outputs.legacy(), columns, read));
      Future<Long> right = sides.submit(() -> stream(outputs.stream(), columns, read));
      return left.get() + right.get();
    }
  }

  private static long stream(DataSource output, String columns, boolean read) throws SQLException {
    long bytes = 0;
    try (Connection connection = output.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT id, " + columns + " FROM " + TABLE + " ORDER BY id",
                ResultSet.TYPE_FORWARD_ONLY,
                ResultSet.CONCUR_READ_ONLY)) {
      statement.setFetchSize(Integer.MIN_VALUE);
      try (ResultSet result = statement.executeQuery()) {
        int count = result.getMetaData().getColumnCount();
        while (result.next()) {
          for (int column = 1; read && column <= count; column++) {
            byte[] value = result.getBytes(column);
            bytes += value == null ? 0 : value.length;
          }
        }
      }
      connection.commit();
    }
    return bytes;
  }

  /** As pt-table-checksum does: per chunk a count and the XOR of the rows' digests. */
  private static long chunks(TestOutputs outputs, String digest) throws Exception {
    long unlike = 0;
    byte[] from = new byte[16];
    try (ExecutorService sides = Executors.newFixedThreadPool(2)) {
      while (true) {
        byte[] after = from;
        byte[] to = boundary(outputs.legacy(), after);
        Future<String> left = sides.submit(() -> digest(outputs.legacy(), digest, after, to));
        Future<String> right = sides.submit(() -> digest(outputs.stream(), digest, after, to));
        unlike += left.get().equals(right.get()) ? 0 : 1;
        if (to == null) {
          return unlike;
        }
        from = to;
      }
    }
  }

  private static byte[] boundary(DataSource output, byte[] after) throws SQLException {
    try (Connection connection = output.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT id FROM " + TABLE + " WHERE id > ? ORDER BY id LIMIT 9999, 1")) {
      statement.setBytes(1, after);
      try (ResultSet result = statement.executeQuery()) {
        byte[] to = result.next() ? result.getBytes(1) : null;
        connection.commit();
        return to;
      }
    }
  }

  private static String digest(DataSource output, String digest, byte[] after, byte[] to)
      throws SQLException {
    try (Connection connection = output.getConnection();
        PreparedStatement statement =
            connection.prepareStatement(
                "SELECT COUNT(*), BIT_XOR(CAST("
                    + digest
                    + " AS UNSIGNED)) FROM "
                    + TABLE
                    + " WHERE id > ?"
                    + (to == null ? "" : " AND id <= ?"))) {
      statement.setBytes(1, after);
      if (to != null) {
        statement.setBytes(2, to);
      }
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        String of = result.getString(1) + " " + result.getString(2);
        connection.commit();
        return of;
      }
    }
  }

  /** On copies with a numeric key: it reports nonsense for binary ones. */
  private static int ptTableSync(DbSettings schemas) throws IOException, InterruptedException {
    long found =
        PtTableSync.print(schemas, "copy").stream()
            .filter(line -> line.startsWith("UPDATE"))
            .count();
    // Its XOR of CRCs cancels out when two rows of a chunk change alike.
    System.out.printf("  pt-table-sync found %d of %d differences%n", found, PLANTED);
    return (int) found;
  }

  private static void fill(TestOutputs outputs, DbSettings schemas) throws Exception {
    Output legacy = new Output(outputs.legacy());
    for (int second = 0; second < ROWS / DEVICES; second++) {
      legacy.write(BenchRecords.plain(DEVICES, second));
    }
    String left = TestDatabase.nameOf(schemas.legacy());
    String right = TestDatabase.nameOf(schemas.stream());
    try (Connection admin = TestDatabase.admin();
        Statement statement = admin.createStatement()) {
      statement.execute(
          "INSERT INTO %s.%s SELECT * FROM %s.%s ORDER BY id".formatted(right, TABLE, left, TABLE));
      statement.execute(
          "UPDATE %s.%s SET heart_rate = heart_rate + 1 ORDER BY SHA1(id) LIMIT %d"
              .formatted(right, TABLE, PLANTED));
      for (String schema : List.of(left, right)) {
        statement.execute(
            "CREATE TABLE %s.copy AS SELECT ROW_NUMBER() OVER (ORDER BY id) AS n, t.* FROM %s.%s t"
                .formatted(schema, schema, TABLE));
        statement.execute(
            "ALTER TABLE %s.copy ADD PRIMARY KEY (n), DROP COLUMN id".formatted(schema));
        statement.execute("ALTER TABLE %s.copy MODIFY n BIGINT NOT NULL".formatted(schema));
        statement.execute("ANALYZE TABLE %s.%s, %s.copy".formatted(schema, TABLE, schema));
      }
    }
  }
}
