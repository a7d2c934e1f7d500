package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code reconciler diff} as a process of its own: in little memory, and killed at any moment.
 * {@code -Dcrossfade.tables.differences=1000000 -Dcrossfade.tables.heap=128m} is the full measure.
 */
class DiffProcessIT {

  private static final Duration PATIENCE = Duration.ofMinutes(20);
  private static final int DIFFERENCES =
      Integer.getInteger("crossfade.tables.differences", 1 << 16);
  private static final String HEAP = System.getProperty("crossfade.tables.heap", "28m");
  private static final int KILLS = Integer.getInteger("crossfade.tables.kills", 3);

  /** What a process says that has not begun. */
  private static final String GOES_ON = "goes on with a run that began at ";

  private static final DbSettings SCHEMAS = TestDatabase.newSchemas();

  @TempDir private Path directory;
  private CliProcesses processes;

  @BeforeEach
  void prepare() throws SQLException {
    processes = new CliProcesses(directory);
    for (String schema : List.of(left(), right())) {
      TestDatabase.execute(
          "DROP DATABASE " + schema, "CREATE DATABASE " + schema + " CHARACTER SET utf8mb4");
    }
  }

  @AfterEach
  void close() {
    processes.close();
  }

  @Test
  void namesManyDifferencesInLittleMemoryAndRepairsThem() throws Exception {
    fill(DIFFERENCES);
    TestDatabase.execute(
        "CREATE TABLE %s.t LIKE %s.t".formatted(right(), left()),
        "INSERT INTO %s.t SELECT id, code, note FROM %s.t WHERE id %% 3 > 0 ORDER BY id"
            .formatted(right(), left()),
        "UPDATE %s.t SET note = 'other'".formatted(right()),
        "INSERT INTO %s.t SELECT id, code, note FROM %s.t WHERE id = 3".formatted(right(), left()));
    Process diff = start("-Xmx" + HEAP, "--format=csv");
    assertThat(ends(diff)).as(processes.errors(diff)).isEqualTo(1);
    try (Stream<String> lines = Files.lines(processes.out(diff))) {
      assertThat(lines.count()).as("and a header").isEqualTo(DIFFERENCES);
    }
    Process repair = start("-Xmx" + HEAP, "--repair=apply", "--target=right", "--deletes");
    assertThat(ends(repair)).as(processes.errors(repair)).isZero();
    assertThat(processes.text(repair))
        .contains("looked again: 0 of %,d differ".formatted(DIFFERENCES - 1));
    assertThat(number("SELECT COUNT(*) FROM %s.t l JOIN %s.t r USING (id, code, note)"))
        .isEqualTo(DIFFERENCES);
  }

  @Test
  void comparesAndRepairsRowsOfSixteenMegabytes() throws Exception {
    TestDatabase.execute(
        "CREATE TABLE %s.t (id INT PRIMARY KEY, a LONGBLOB, b LONGTEXT)".formatted(left()),
        "CREATE TABLE %s.t LIKE %s.t".formatted(right(), left()));
    for (int row = 1; row <= 6; row++) {
      TestDatabase.execute(
          "INSERT INTO %s.t VALUES (%d, REPEAT(X'00FF2700', 4194304), '%d')"
              .formatted(left(), row, row));
    }
    TestDatabase.execute(
        "INSERT INTO %s.t SELECT * FROM %s.t WHERE id < 5".formatted(right(), left()),
        "UPDATE %s.t SET a = CONCAT(LEFT(a, 16777215), 'x') WHERE id = 2".formatted(right()),
        "UPDATE %s.t SET b = REPEAT('ab', 8388608), a = NULL WHERE id = 3".formatted(right()));
    Process diff = start("-Xmx128m");
    assertThat(ends(diff)).as(processes.text(diff) + processes.errors(diff)).isEqualTo(1);
    assertThat(processes.text(diff)).contains("2 in left only", "2 not the same");
    Process repair = start("-Xmx128m", "--repair=apply", "--target=right");
    assertThat(ends(repair)).as(processes.text(repair) + processes.errors(repair)).isZero();
    assertThat(processes.text(repair))
        .contains("2 inserted, 2 updated", "looked again: 0 of 4 differ");
    assertThat(number("SELECT COUNT(*) FROM %s.t l JOIN %s.t r ON l.id = r.id AND l.a = r.a"))
        .isEqualTo(6);
  }

  @Test
  void printsStatementsOfSixteenMegabytes() throws Exception {
    TestDatabase.execute(
        "CREATE TABLE %s.t (id INT PRIMARY KEY, a LONGBLOB)".formatted(left()),
        "CREATE TABLE %s.t LIKE %s.t".formatted(right(), left()),
        "INSERT INTO %s.t VALUES (1, REPEAT(X'00FF2700', 4194304))".formatted(left()));
    Process print = start("-Xmx128m", "--repair=print", "--target=right");
    assertThat(ends(print)).as(processes.errors(print)).isEqualTo(1);
    assertThat(Files.size(processes.out(print))).isGreaterThan(2L * 16_777_216);
    assertThat(processes.errors(print)).contains("1 in left only");
  }

  @Test
  void goesOnAfterItWasKilledAtAnyMoment() throws Exception {
    Random random = new Random(Long.getLong("crossfade.tables.seed", System.nanoTime()));
    fill(1 << 14);
    TestDatabase.execute(
        "CREATE TABLE %s.t LIKE %s.t".formatted(right(), left()),
        "INSERT INTO %s.t SELECT id, code, note FROM %s.t WHERE id %% 10 > 0 ORDER BY id"
            .formatted(right(), left()),
        "UPDATE %s.t SET note = 'other' WHERE id %% 10 = 1".formatted(right()));
    String clean = figures(start("-Xmx64m", "--range-rows=500", "--workers=2"));
    int resumed = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      int ranges = random.nextInt(33);
      Process killed = start("-Xmx64m", "--range-rows=500", "--workers=2");
      String before = killedAfter(killed, ranges);
      if (!before.isEmpty()) {
        resumed++;
        Process next = start("-Xmx64m", "--range-rows=500", "--workers=2");
        await("the next process to go on")
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(1))
            .until(() -> !next.isAlive() || ranges().length() >= before.length());
        assertThat(figures(next)).as("killed after %d ranges", ranges).isEqualTo(clean);
        assertThat(processes.errors(next).contains(GOES_ON)).isEqualTo(done(before) > 0);
      }
    }
    assertThat(resumed).as("runs that were killed at work").isPositive();
    assertThat(killedAfter(start("-Xmx64m", "--range-rows=500", "--workers=2"), 5)).isNotEmpty();
    Process fresh = start("-Xmx64m", "--range-rows=500", "--workers=2", "--fresh");
    assertThat(figures(fresh)).isEqualTo(clean);
    assertThat(processes.errors(fresh)).doesNotContain(GOES_ON);
    assertThat(state()).as("nothing is left behind").isEmptyDirectory();
  }

  @Test
  void repairsTheRestAfterItWasKilled() throws Exception {
    fill(1 << 14);
    TestDatabase.execute("CREATE TABLE %s.t LIKE %s.t".formatted(right(), left()));
    String[] repair = {"--repair=apply", "--target=right"};
    Process killed = start("-Xmx64m", repair);
    await("rows to be written")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> number("SELECT COUNT(*) FROM %2$s.t") > 0 || !killed.isAlive());
    killed.destroyForcibly().waitFor();
    Process next = start("-Xmx64m", repair);
    assertThat(ends(next)).as(processes.text(next) + processes.errors(next)).isZero();
    assertThat(number("SELECT COUNT(*) FROM %s.t l JOIN %s.t r USING (id, code, note)"))
        .isEqualTo(1 << 14);
  }

  /** Kills it when so many ranges are done; what it knew then, or nothing when it was faster. */
  private String killedAfter(Process process, int ranges) throws Exception {
    await("ranges to be read")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(1))
        .until(() -> !process.isAlive() || done(ranges()) >= ranges);
    process.destroyForcibly().waitFor();
    return ranges();
  }

  private static long done(String ranges) {
    return ranges.lines().filter(line -> line.startsWith("done")).count();
  }

  private Path state() {
    return directory.resolve("state");
  }

  /** What a run notes of its ranges; nothing when there is none. */
  private String ranges() throws IOException {
    if (!Files.isDirectory(state())) {
      return "";
    }
    try (Stream<Path> runs = Files.list(state())) {
      for (Path run : runs.toList()) {
        try {
          return Files.readString(run.resolve("ranges"), StandardCharsets.US_ASCII);
        } catch (IOException e) {
          // It has just begun, or ended.
          return "";
        }
      }
    }
    return "";
  }

  private String figures(Process process) throws Exception {
    assertThat(ends(process)).as(processes.errors(process)).isEqualTo(1);
    return processes
        .text(process)
        .replaceAll("\\d+\\.\\d s", "")
        .replaceAll("(?m)^ +proof.*$", "")
        .replaceAll("(?m)^ +note: " + GOES_ON + ".*\n", "");
  }

  private Process start(String heap, String... more) throws IOException {
    List<String> all =
        new ArrayList<>(
            List.of(
                "diff",
                "--left=" + url(SCHEMAS.legacy()),
                "--right=" + url(SCHEMAS.stream()),
                "--table=t",
                "--settle=0",
                "--state=" + state()));
    all.addAll(Arrays.asList(more));
    return processes.start(
        List.of(heap, "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"), all);
  }

  private static int ends(Process process) throws InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it ends").isTrue();
    return process.exitValue();
  }

  /** Rows of the left table, each twice as many as before; those of the right are the test's. */
  private static void fill(int rows) throws SQLException {
    TestDatabase.execute(
        "CREATE TABLE %s.t (id INT PRIMARY KEY, code VARCHAR(40) NOT NULL, note VARCHAR(90))"
            .formatted(left()),
        "INSERT INTO %s.t VALUES (1, 'c1', 'n')".formatted(left()));
    for (int have = 1; have < rows; have *= 2) {
      TestDatabase.execute(
          "INSERT INTO %1$s.t SELECT id + %2$d, MD5(id + %2$d), CONCAT('n', id) FROM %1$s.t WHERE id + %2$d <= %3$d"
              .formatted(left(), have, rows));
    }
  }

  private static String left() {
    return TestDatabase.nameOf(SCHEMAS.legacy());
  }

  private static String right() {
    return TestDatabase.nameOf(SCHEMAS.stream());
  }

  private static String url(DbSettings.Schema schema) {
    return schema.url() + "?user=" + schema.username() + "&password=" + schema.password();
  }

  private static long number(String sql) throws SQLException {
    return Long.parseLong(TestDatabase.query(sql.formatted(left(), right())).getFirst());
  }
}
