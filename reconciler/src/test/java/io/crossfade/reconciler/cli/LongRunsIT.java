package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DbSettings;
import io.crossfade.db.Output;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that are long enough to be killed, to lose their database, or to find many rows. */
class LongRunsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int SEED_ROWS = 1_000;

  private static final String SOME_CONSUMED = "progress RLIKE '\"consumed\":[1-9]'";

  private final TestOutputs outputs = new TestOutputs();
  @TempDir private Path directory;
  private CliProcesses processes;

  @BeforeEach
  void prepare() {
    processes = new CliProcesses(directory);
  }

  @AfterEach
  void close() {
    processes.close();
    outputs.close();
  }

  @Test
  void killedRunIsFinishedByTheNextAsACleanOneWouldBe() throws Exception {
    long rows = fillLegacy(8);
    copyToStream();
    TestOutputs.update(outputs.stream(), "DELETE FROM t_user_health_data WHERE id < x'08'");
    TestOutputs.update(
        outputs.legacy(), "UPDATE t_user_health_data SET stress = 101 WHERE id > x'FF'");

    Process killed = start("-Xmx64m", "compare", "--kind", "health");
    await("rows to be compared")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> number("SELECT COUNT(*) FROM comparison WHERE " + SOME_CONSUMED) > 0);
    killed.destroyForcibly().waitFor();
    assertThat(number("SELECT COUNT(*) FROM comparison WHERE state = 'RUNNING'"))
        .as("it was killed at work")
        .isEqualTo(1);

    String resumed = text(start("-Xmx64m", "compare", "--kind", "health"), 1);
    assertThat(number("SELECT COUNT(*) FROM comparison")).as("the same run").isEqualTo(1);
    String clean = text(start("-Xmx64m", "compare", "--kind", "health"), 1);
    assertThat(number("SELECT COUNT(*) FROM comparison")).isEqualTo(2);
    assertThat(figures(resumed)).isEqualTo(figures(clean)).contains("verdict FAIL");
    assertThat(number("SELECT COUNT(*) FROM difference WHERE comparison_id = 1"))
        .isEqualTo(number("SELECT COUNT(*) FROM difference WHERE comparison_id = 2"))
        .isGreaterThan(rows / 50);
  }

  @Test
  void runThatHasNoMemoryIsAnErrorAndNoVerdict() throws Exception {
    Process starved = start("-Xmx12m", "compare");
    assertThat(starved.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as("it ends").isTrue();
    assertThat(starved.exitValue()).as(processes.errors(starved)).isEqualTo(3);
  }

  @Test
  void everyRowMissingIsAnAnswerInLittleMemory() throws Exception {
    // In 28 MiB it ends well, in 48 also a process that keeps every difference in memory.
    long rows = fillLegacy(7);
    Process run = start("-Xmx36m", "compare", "--kind", "health", "--format", "csv");
    Path csv = processes.out(run);
    assertThat(run.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(run.exitValue()).as(processes.errors(run)).isEqualTo(1);
    try (Stream<String> lines = Files.lines(csv)) {
      assertThat(lines.count()).as("and a header").isEqualTo(rows + 1);
    }
  }

  private Process start(String heap, String... command) throws IOException {
    List<String> all = new ArrayList<>(Arrays.asList(command));
    all.addAll(List.of("--drained", "--from", "2000-01-01", "--to", "2100-01-01"));
    all.addAll(Cli.arguments(outputs.settings()));
    return processes.start(List.of(heap, "-XX:TieredStopAtLevel=1"), all);
  }

  private String text(Process process, int code) throws IOException, InterruptedException {
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    String text = processes.text(process);
    assertThat(process.exitValue()).as(text + processes.errors(process)).isEqualTo(code);
    return text;
  }

  /** What a run says, but for its number. */
  private static String figures(String text) {
    return text.replaceAll("run \\d+", "run");
  }

  private long number(String sql) {
    return TestOutputs.number(outputs.control(), sql);
  }

  /** Rows under random ids, as the server makes them from a few real ones. */
  private long fillLegacy(int doublings) throws Exception {
    List<AcceptedRecord> seed = new ArrayList<>();
    for (int i = 0; i < SEED_ROWS; i++) {
      seed.add(SampleRecords.health("LONG" + i, 0));
    }
    new Output(outputs.legacy()).write(seed);
    TestOutputs.update(outputs.legacy(), "DELETE FROM t_user_health_data_fact");
    String columns =
        "stamp, route_reason, written_at, device_sn, `timestamp`, heart_rate, temperature,"
            + " distance";
    for (int doubling = 0; doubling < doublings; doubling++) {
      TestOutputs.update(
          outputs.legacy(),
          "INSERT INTO t_user_health_data (id, %s) SELECT UNHEX(MD5(CONCAT(id, %d))), %s FROM t_user_health_data"
              .formatted(columns, doubling, columns));
    }
    return (long) SEED_ROWS << doublings;
  }

  private void copyToStream() throws SQLException {
    try (Connection admin = TestDatabase.admin();
        Statement statement = admin.createStatement()) {
      statement.execute(
          "INSERT INTO %s.t_user_health_data SELECT * FROM %s.t_user_health_data"
              .formatted(name(outputs.settings().stream()), name(outputs.settings().legacy())));
    }
  }

  private static String name(DbSettings.Schema schema) {
    Matcher name = Pattern.compile(".*/(\\w+)").matcher(schema.url());
    assertThat(name.matches()).isTrue();
    return name.group(1);
  }
}
