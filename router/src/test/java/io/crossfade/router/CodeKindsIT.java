package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.reconciler.cli.ReconcilerCli;
import io.crossfade.stream.StreamWorker;
import io.crossfade.stream.TestRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records that only code can read: the example's jar beside the packaged router, worker and
 * reconciler.
 */
class CodeKindsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Path EXAMPLE = Path.of("examples", "meters");

  private static final String READINGS =
      "SELECT CONCAT_WS(' ', meter, at, register, used, state, gateway) FROM %s.meter_readings"
          + " WHERE meter < 'B' ORDER BY meter, at";

  @TempDir private Path directory;

  @Test
  void telegramsGoDownBothPathsAndAreCompared() throws Exception {
    Path jars = KindJar.of(EXAMPLE, directory);
    // OwnKindsContractIT runs what this inherits.
    KindJar.compile(
        EXAMPLE.resolve("src/test/java"),
        Files.createDirectories(directory.resolve("tests")),
        jars.resolve(KindJar.NAME));
    DbSettings schemas = TestDatabase.newSchemas();
    List<String> arguments =
        new ArrayList<>(
            RouterProcess.arguments(schemas, TestRedis.sharedPort(), TestRedis.newPrefix()));
    arguments.add("--crossfade.stream.consume=false");
    arguments.add("--crossfade.kinds=service:meters");
    List<String> consume = new ArrayList<>(arguments);
    consume.remove("--crossfade.stream.consume=false");
    try (RouterProcess router =
            RouterProcess.beside(
                jars,
                RouterProcess.jar(),
                RouterApplication.class,
                RouterProcess.SMALL,
                arguments);
        RouterProcess worker =
            RouterProcess.beside(
                jars,
                RouterProcess.jar("../stream-pipeline/target", "stream-pipeline-.*-worker\\.jar"),
                StreamWorker.class,
                RouterProcess.SMALL,
                consume)) {
      Http http = router.http();
      assertThat(
              post(
                  http,
                  Files.readString(
                      EXAMPLE.resolve("src/test/resources/golden/meters/telegrams.json"))))
          .isEqualTo(
              "{\"accepted\":3,\"repeated\":1,\"dead_lettered\":2,"
                  + "\"problems\":[\"ITEM_REFUSED wrong sum\",\"FIELD_UNREADABLE used\"]}");
      // A telegram alone.
      String alone = telegram("A-000009", "20261127090000", 7, 7, 'O');
      assertThat(post(http, alone))
          .isEqualTo("{\"accepted\":1,\"repeated\":0,\"dead_lettered\":0}");
      for (DbSettings.Schema output : List.of(schemas.legacy(), schemas.stream())) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(rows(output, READINGS))
                        .as(worker.log())
                        .containsExactly(
                            "A-000001 2026-11-27 08:00:00 124.500 0.750 OK G-1",
                            "A-000001 2026-11-27 08:15:00 125.000 0.500 TAMPERED G-1",
                            "A-000002 2026-11-27 08:00:00 0.009 0.009 OK G-1",
                            "A-000009 2026-11-27 09:00:00 0.007 0.000 OK"));
      }
      letterKeepsWhatWasSentAndIsReadAgain(http, schemas);

      StringBuilder many = new StringBuilder();
      for (int i = 0; i < 300; i++) {
        many.append(telegram("B-%06d".formatted(i), "20261126080000", i + 5, i, 'O')).append('\n');
      }
      post(http, many.toString());
      for (DbSettings.Schema output : List.of(schemas.legacy(), schemas.stream())) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(rows(output, "SELECT COUNT(*) FROM %s.meter_readings"))
                        .containsExactly("304"));
      }
      assertThat(reconcile(schemas, jars))
          .contains("verdict PASS", "0 invented", "consistency 100.000 %", "exit 0");
      TestDatabase.execute(
          "UPDATE %s.meter_readings SET used = used + 0.001 WHERE meter > 'B' AND meter < 'B-000050'"
              .formatted(TestDatabase.nameOf(schemas.stream())));
      assertThat(reconcile(schemas, jars))
          .contains("verdict FAIL", "columns that differ: {used=50}", "exit 1");
      assertThat(router.log() + worker.log()).doesNotContain(" ERROR ");
    }
  }

  /** By the same code: it is refused again, and stays a letter. */
  private static void letterKeepsWhatWasSentAndIsReadAgain(Http http, DbSettings schemas)
      throws SQLException {
    assertThat(
            rows(
                schemas.control(),
                "SELECT CONCAT(reason, ': ', CONVERT(body USING utf8mb4)) FROM %s.dead_letter"
                    + " ORDER BY reason"))
        .containsExactly(
            "FIELD_UNREADABLE used: {\"gateway\":{\"name\":\"G-1\"},\"telegrams\":"
                + "\"A-000004 20261127080000 000000001 000000002 O A1\"}",
            "ITEM_REFUSED wrong sum: {\"gateway\":{\"name\":\"G-1\"},\"telegrams\":"
                + "{\"telegram\":\"A-000003 20261127080000 000000009 000000000 O 00\","
                + "\"signal\":-7.10}}");
    for (JsonNode letter : http.get("/api/dead-letters").json().path("letters")) {
      Http.Answer answer =
          http.call(
              "POST",
              "/api/dead-letters/%s/%s/redrive"
                  .formatted(letter.path("source").asText(), letter.path("key").asText()),
              "{\"reason\":\"try\"}");
      assertThat(answer.status()).as(answer.raw().body()).isEqualTo(409);
    }
  }

  /** What the reconciler says, with the same jar beside it. */
  private String reconcile(DbSettings schemas, Path jars) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1"));
    command.addAll(
        RouterProcess.beside(
            jars,
            RouterProcess.jar("../reconciler/target", "reconciler-.*-cli\\.jar"),
            ReconcilerCli.class));
    command.addAll(List.of("compare", "--drained", "--from", "2000-01-01", "--to", "2100-01-01"));
    command.add("--set=crossfade.kinds=service:meters");
    // So few rows are no proof of 99.9 %.
    command.add("--set=crossfade.reconciler.target=99");
    for (String argument : TestRouterApplication.arguments(schemas, 0, List.of())) {
      if (argument.startsWith("--crossfade.db.")) {
        command.add("--set=" + argument.substring(2));
      }
    }
    Path said = directory.resolve("compared.txt");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    int exit = process.onExit().orTimeout(5, TimeUnit.MINUTES).join().exitValue();
    return Files.readString(said) + "exit " + exit;
  }

  /** As a line of NDJSON. */
  private static String telegram(String meter, String time, int now, int before, char state) {
    String telegram = "%s %s %09d %09d %s ".formatted(meter, time, now, before, state);
    int sum = telegram.chars().sum() & 0xFF;
    return "\"%s%02X\"".formatted(telegram, sum);
  }

  private static String post(Http http, String body) {
    Http.Answer answer = http.post("/upload_meters", body);
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer.raw().body();
  }

  private static List<String> rows(DbSettings.Schema schema, String sql) throws SQLException {
    return TestDatabase.query(sql.formatted(TestDatabase.nameOf(schema)));
  }
}
