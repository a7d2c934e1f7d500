package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.crossfade.db.DbSettings;
import io.crossfade.db.JavaCommand;
import io.crossfade.db.TestDatabase;
import io.crossfade.reconciler.cli.ReconcilerCli;
import io.crossfade.stream.TestRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records of somebody else, by a file alone: the packaged router, its tables, switches, reports.
 */
class OwnKindsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What a newcomer copies is what is tried here. */
  private static final Path EXAMPLE = Path.of("examples", "orders");

  @TempDir private Path directory;
  private DbSettings schemas;
  private String prefix;

  @BeforeEach
  void prepare() {
    schemas = TestDatabase.newSchemas();
    prefix = TestRedis.newPrefix();
  }

  @Test
  void ordersGoDownBothPathsAreComparedAndSwitched() throws Exception {
    try (RouterProcess router = start(EXAMPLE.resolve("orders.yaml"))) {
      Http http = router.http();
      assertThat(post(http, order("A-1", "2026-11-27T08:00:00Z", 1, "open", "12.50")))
          .isEqualTo("{\"accepted\":1,\"repeated\":0,\"dead_lettered\":0}");
      // Under a wrapper, which comes twice, with a shop around; one of them twice, one that is
      // none.
      assertThat(
              post(
                  http,
                  "{\"shop\":{\"id\":7},\"orders\":[%s,%s],\"orders\":[%s,{\"order_no\":\"A-9\"}]}"
                      .formatted(
                          order("A-1", "2026-11-27T09:00:00+01:00", 1, "open", "12.50"),
                          order("A-1", "2026-11-27T09:30:00Z", 1, "paid", "12.5"),
                          order("A-2", "2026-11-27T08:00:00Z", 2, "paid", "3.00"))))
          .isEqualTo(
              "{\"accepted\":3,\"repeated\":0,\"dead_lettered\":1,"
                  + "\"problems\":[\"FIELD_MISSING changed\"]}");
      // A line each.
      assertThat(
              post(
                  http,
                  order("A-3", "1764230400", 3, "open", "7")
                      + "\n"
                      + order("A-4", "2026-11-27 08:00:00", 4, "open", "8")))
          .isEqualTo("{\"accepted\":2,\"repeated\":0,\"dead_lettered\":0}");
      // Late news of an order that has moved on.
      post(http, order("A-1", "2026-11-27T07:00:00Z", 1, "open", "12.50"));

      Http.Answer none = http.post("/upload_orders", order("A-5", "x", 1, "open", "1"));
      assertThat(none.status()).isEqualTo(422);
      assertThat(none.raw().headers().firstValue("Content-Type"))
          .contains("application/problem+json");
      assertThat(none.json().path("problems").path(0).asText())
          .isEqualTo("FIELD_UNREADABLE changed");
      assertThat(http.post("/upload_orders", "no").status()).isEqualTo(400);

      for (DbSettings.Schema output : List.of(schemas.legacy(), schemas.stream())) {
        awaitRows(
            output,
            "SELECT CONCAT_WS(' ', order_no, changed, customer, shop, state, amount, express)"
                + " FROM %s.orders ORDER BY order_no, changed",
            "A-1 2026-11-27 07:00:00 1 OPEN 12.50 0",
            "A-1 2026-11-27 08:00:00 1 OPEN 12.50 0",
            "A-1 2026-11-27 09:30:00 1 7 PAID 12.50 1",
            "A-2 2026-11-27 08:00:00 2 7 PAID 3.00 1",
            "A-3 2025-11-27 08:00:00 3 OPEN 7.00 0",
            "A-4 2026-11-27 08:00:00 4 OPEN 8.00 0");
        awaitRows(
            output,
            "SELECT CONCAT_WS(' ', order_no, since, customer_no, state) FROM %s.order_state"
                + " ORDER BY order_no",
            "A-1 2026-11-27 09:30:00 1 PAID",
            "A-2 2026-11-27 08:00:00 2 PAID",
            "A-3 2025-11-27 08:00:00 3 OPEN",
            "A-4 2026-11-27 08:00:00 4 OPEN");
        awaitRows(
            output,
            "SELECT CONCAT_WS(' ', order_no, sku, quantity, price) FROM %s.order_lines"
                + " WHERE order_no IN ('A-2', 'A-3') ORDER BY order_no, sku",
            "A-2 X-1 2 6.25",
            "A-2 X-2 1",
            "A-3 X-1 2 6.25",
            "A-3 X-2 1");
      }

      StringBuilder many = new StringBuilder();
      for (int i = 0; i < 300; i++) {
        many.append(order("B-" + i, "2026-11-26T08:00:00Z", i, "open", "1")).append('\n');
      }
      post(http, many.toString());
      awaitRows(schemas.legacy(), "SELECT COUNT(*) FROM %s.orders", "306");
      awaitRows(schemas.stream(), "SELECT COUNT(*) FROM %s.orders", "306");

      JsonNode stages = http.get("/api/rollout").json();
      assertThat(stages.toString()).contains("\"kind\":\"orders\"").doesNotContain("health");
      JsonNode alike = compare(http, 306 + 612 + 304);
      assertThat(alike.path("headline").path("percent").asDouble()).isEqualTo(100);
      assertThat(alike.path("proof").path("full").asBoolean()).isTrue();
      assertThat(alike.path("proof").path("found").asInt()).isPositive();
      assertThat(router.metrics())
          .contains("kind=\"orders\"", "stream=\"orders_stream\"", "urgent_orders_stream");

      assertThat(diff()).contains("order_lines", "order_state").contains("exit 0");

      // One output loses a line and has another state: the run names both.
      execute(
          "DELETE FROM %s.order_lines WHERE order_no = 'A-2' AND sku = 'X-1'", schemas.stream());
      execute("UPDATE %s.order_state SET state = 'OPEN' WHERE order_no = 'A-2'", schemas.legacy());
      JsonNode run = compare(http, 306 + 612 + 304);
      assertThat(run.path("headline").path("unexplained").asInt()).as(run.toString()).isEqualTo(2);
      assertThat(
              http.get("/api/reconciler/runs/" + run.path("id").asLong() + "/differences")
                  .raw()
                  .body())
          .contains("order_lines", "MISSING_IN_STREAM", "order_state", "FIELDS_DIFFER");
      // Of the two, the one in a column of this kind, and no other.
      String repairs = "/api/reconciler/runs/" + run.path("id").asLong() + "/repairs";
      String state =
          "{\"filter\":{\"kind\":\"orders\",\"column\":\"state\"},\"prefer\":\"stream\",\"reason\":\"try\",%s}";
      String preview =
          http.call("POST", repairs, state.formatted("\"dryRun\":true"))
              .json()
              .path("preview")
              .asText();
      JsonNode repaired =
          http.call("POST", repairs, state.formatted("\"preview\":\"" + preview + "\"")).json();
      assertThat(repaired.path("selected").asInt()).as(repaired.toString()).isEqualTo(1);
      assertThat(repaired.at("/rows/toLegacy").asInt()).isEqualTo(1);
      awaitRows(
          schemas.legacy(), "SELECT state FROM %s.order_state WHERE order_no = 'A-2'", "PAID");
      awaitRows(
          schemas.stream(), "SELECT COUNT(*) FROM %s.order_lines WHERE order_no = 'A-2'", "1");
      assertThat(diff()).contains("exit 1");

      assertThat(
              http.call(
                      "POST",
                      "/api/rollout/rollbacks",
                      "{\"kind\":\"orders\",\"reason\":\"try\",\"to\":\"legacy\"}")
                  .status())
          .isEqualTo(200);
      assertThat(router.log()).doesNotContain(" ERROR ");
    }
  }

  /** Compares the outputs by the example's pairs, as somebody without Crossfade's schema would. */
  private String diff() throws IOException {
    DbSettings.Schema legacy = schemas.legacy();
    String pairs =
        Files.readString(EXAMPLE.resolve("pairs.yaml"))
            .replace("jdbc:mysql://localhost/crossfade_legacy", legacy.url())
            .replace("jdbc:mysql://localhost/crossfade_stream", schemas.stream().url())
            .replace("user: crossfade", "user: " + legacy.username());
    Path file = Files.writeString(directory.resolve("pairs.yaml"), pairs);
    Path said = directory.resolve("diff.txt");
    List<String> command =
        JavaCommand.of(ReconcilerCli.class, List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
    command.addAll(
        List.of(
            "diff",
            file.toString(),
            "--state",
            directory.resolve("state").toString(),
            "--settle",
            "0"));
    ProcessBuilder reconciler =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    reconciler.environment().put("RECONCILER_PASSWORD", String.valueOf(legacy.password()));
    Process process = reconciler.start();
    int exit = process.onExit().orTimeout(5, TimeUnit.MINUTES).join().exitValue();
    return Files.readString(said) + "exit " + exit;
  }

  private RouterProcess start(Path kinds) {
    List<String> arguments =
        new ArrayList<>(RouterProcess.arguments(schemas, TestRedis.sharedPort(), prefix));
    arguments.add("--crossfade.reconciler.settle=500ms");
    arguments.add("--crossfade.kinds=file:" + kinds);
    return new RouterProcess(RouterApplication.class, arguments);
  }

  /** Compares on demand until a run has looked at so many rows: what is new has to settle. */
  private static JsonNode compare(Http http, int rows) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              long before = finished(http).path("id").asLong();
              Http.Answer asked =
                  http.call(
                      "POST",
                      "/api/reconciler/runs",
                      "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"%s\",\"kind\":\"orders\"}"
                          .formatted(Instant.now()));
              assertThat(asked.status()).as(asked.raw().body()).isEqualTo(202);
              await().atMost(PATIENCE).until(() -> finished(http).path("id").asLong() > before);
              return finished(http).path("headline").path("compared").asInt() == rows;
            });
    return finished(http);
  }

  /** The newest run on demand that has ended. */
  private static JsonNode finished(Http http) {
    for (JsonNode run : http.get("/api/reconciler").json().path("runs")) {
      if (run.path("origin").asText().equalsIgnoreCase("on_demand")
          && run.path("finished").asBoolean()) {
        return run;
      }
    }
    return MissingNode.getInstance();
  }

  private static String post(Http http, String body) {
    Http.Answer answer = http.post("/upload_orders", body);
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer.raw().body();
  }

  private static String order(
      String number, String changed, int customer, String state, String amount) {
    return """
    {"order_no":"%s","changed":"%s","customer":{"id":%d},"state":"%s","amount":"%s","express":%s,\
    "card":"00ff","deliver_on":"2026-12-01","weight":1.5,"source":{"till":[1,2]},\
    "lines":[{"sku":"X-1","quantity":2,"price":6.25},{"sku":"X-2","quantity":1}]}\
    """
        .formatted(number, changed, customer, state, amount, state.equals("paid"));
  }

  private static void awaitRows(DbSettings.Schema output, String sql, String... expected) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(rows(output, sql)).containsExactly(expected));
  }

  private static List<String> rows(DbSettings.Schema output, String sql) throws SQLException {
    return TestDatabase.query(sql.formatted(TestDatabase.nameOf(output)));
  }

  private static void execute(String sql, DbSettings.Schema output) throws SQLException {
    TestDatabase.execute(sql.formatted(TestDatabase.nameOf(output)));
  }
}
