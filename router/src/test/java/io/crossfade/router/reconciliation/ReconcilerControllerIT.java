package io.crossfade.router.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputTables;
import io.crossfade.db.RecordId;
import io.crossfade.db.RowCopier;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Throttle;
import io.crossfade.router.Http;
import io.crossfade.router.TestComparisons;
import io.crossfade.router.TestRouterApplication;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class ReconcilerControllerIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int RECORDS = 40;
  private static final int LOST = 5;
  private static ConfigurableApplicationContext router;
  private static Http http;
  private static DataSource stream;
  private static long run;

  @BeforeAll
  static void start() throws Exception {
    router =
        TestRouterApplication.start(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.reconciler.settle=0s",
                "--crossfade.rollout.compare-every=1d"));
    http = Http.of(router);
    stream = router.getBean("streamDataSource", DataSource.class);
    Instant begin = InstantSource.system().instant().minusSeconds(1);
    for (int second = 0; second < RECORDS; second++) {
      http.post("/upload_health_data", Http.health("API", second));
    }
    // Windows are half-open and count in milliseconds: the last upload is to be within.
    Instant end = InstantSource.system().instant().plusMillis(2);
    await().atMost(PATIENCE).until(() -> TestOutputs.count(stream, Kind.HEALTH) == RECORDS);
    TestOutputs.update(stream, "DELETE FROM t_user_health_data ORDER BY id LIMIT " + LOST);
    TestOutputs.update(
        stream, "UPDATE t_user_health_data SET heart_rate = 99 ORDER BY id DESC LIMIT 1");
    Comparison comparison = router.getBean(Comparison.class);
    run =
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    comparison.run(
                        ComparisonRequest.all(Origin.ON_DEMAND, new ComparisonWindow(begin, end))),
                result -> result.compared(Kind.HEALTH) == RECORDS)
            .id();
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  @Test
  void differencesAreFoundFilteredAndPaged() {
    JsonNode all = differences("");
    assertThat(all.path("differences")).hasSize(LOST + 1);
    assertThat(all.path("next").isNull()).isTrue();
    assertThat(differences("?class=fields-differ").path("differences")).hasSize(1);
    assertThat(differences("?kind=event").path("differences")).isEmpty();
    assertThat(differences("?explained=true").path("differences")).isEmpty();
    assertThat(differences("?device=API&class=MISSING_IN_STREAM").path("differences"))
        .hasSize(LOST);
    JsonNode first = differences("?limit=4");
    assertThat(first.path("differences")).hasSize(4);
    JsonNode rest = differences("?limit=4&after=" + first.path("next").asText());
    assertThat(rest.path("differences")).hasSize(LOST + 1 - 4);
    JsonNode byTime = differences("?order=time&limit=4");
    assertThat(byTime.path("differences").findValuesAsText("stamp").stream().map(Long::valueOf))
        .hasSize(4)
        .isSorted();
    assertThat(differences("?order=time&after=" + byTime.path("next").asText()).path("differences"))
        .hasSize(LOST + 1 - 4);
    assertThat(differencesStatus("?order=worst")).isEqualTo(400);
    JsonNode summary = differences("/summary");
    assertThat(summary.path("total").asLong()).isEqualTo(LOST + 1);
    assertThat(summary.path("atLeast").asBoolean()).isFalse();
    assertThat(summary.at("/classes/0/value").asText()).isEqualTo("MISSING_IN_STREAM");
    assertThat(summary.at("/classes/0/count").asLong()).isEqualTo(LOST);
    assertThat(summary.path("causes")).hasSize(1);
    assertThat(summary.at("/causes/0/value").isNull()).isTrue();
    assertThat(summary.at("/columns/0/value").asText()).isEqualTo("heart_rate");
    assertThat(summary.at("/kinds/0/value").asText()).isEqualTo("health");
    for (JsonNode time : summary.path("times")) {
      String within =
          "?from=%s&to=%s".formatted(time.path("from").asText(), time.path("to").asText());
      assertThat(differences(within).path("total")).isEqualTo(time.path("count"));
    }
    assertThat(differences("/summary?class=fields-differ").path("total").asLong()).isEqualTo(1);
    String csv = "/api/reconciler/runs/" + run + "/differences.csv";
    assertThat(http.get(csv).raw().body().lines()).hasSize(1 + LOST + 1);
    assertThat(http.get(csv + "?class=fields-differ").raw().body().lines().skip(1).toList())
        .singleElement()
        .asString()
        .contains("FIELDS_DIFFER", "heart_rate=99");
    assertThat(http.get(csv + "?class=WORSE").status()).isEqualTo(400);
    JsonNode unlike = differences("?class=FIELDS_DIFFER").at("/differences/0/difference");
    assertThat(unlike.at("/fields/0/stream").asText()).isEqualTo("99");
    assertThat(http.get("/api/reconciler").json().at("/runs/0/origin").asText()).isNotEmpty();
  }

  @Test
  void repairIsTriedThenDoneThenVerified() throws Exception {
    String path = "/api/reconciler/runs/%d/repairs".formatted(run);
    JsonNode unlike = differences("?class=FIELDS_DIFFER").at("/differences/0/difference");
    String row =
        "/api/reconciler/rows/%s/%s"
            .formatted(unlike.path("table").asText(), unlike.path("id").asText());
    assertThat(http.get(row).json().path("cells").findValuesAsText("differs"))
        .containsOnlyOnce("true");
    http.awaitAlert("UNEXPLAINED", LOST + 1 + " rows differ without an explanation");
    assertThat(problem("POST", path, "{\"dryRun\":true}")).isEqualTo("selection-missing");
    for (String vague :
        List.of(
            "{\"filter\":{},\"dryRun\":true}",
            "{\"filter\":{\"clas\":\"FIELDS_DIFFER\"},\"dryRun\":true}",
            "{\"filter\":{\"kind\":\"health\",\"device\":\"\"},\"dryRun\":true}",
            "{\"filter\":{\"kind\":\"health\",\"from\":\"\"},\"dryRun\":true}",
            "{\"filter\":{\"kind\":\"health\",\"to\":\"soon\"},\"dryRun\":true}",
            "{\"filter\":{\"kind\":\"health\",\"explained\":\"\"},\"dryRun\":true}",
            "{\"filter\":{\"kind\":\"health\",\"explained\":0},\"dryRun\":true}",
            "{\"filter\":{\"kind\":\"health\",\"device\":null},\"dryRun\":true}",
            "{\"filter\":{\"kind\":\"event\"},\"all\":true,\"dryRun\":true}",
            "{\"filters\":{\"kind\":\"event\"},\"all\":true,\"dryRun\":true}",
            "{\"rows\":[{\"table\":\"t_common_event\"}],\"dryRun\":true}",
            "{\"rows\":[null],\"dryRun\":true}",
            "{\"rows\":[{\"table\":\"t_common_event\",\"id\":\"%s\"}],\"dryRun\":true}"
                .formatted("0".repeat(32)),
            "{\"rows\":[%s],\"dryRun\":true}"
                .formatted(
                    IntStream.rangeClosed(0, 10_000)
                        .mapToObj("{\"table\":\"t_common_event\",\"id\":\"%032d\"}"::formatted)
                        .collect(Collectors.joining(","))))) {
      assertThat(problem("POST", path, vague))
          .as(vague.substring(0, Math.min(vague.length(), 100)))
          .isEqualTo("unreadable");
    }
    JsonNode dry = http.call("POST", path, "{\"all\":true,\"dryRun\":true}").json();
    assertThat(dry.at("/rows/toStream").asLong()).isEqualTo(LOST);
    assertThat(dry.path("selected").asLong()).isEqualTo(LOST + 1);
    assertThat(dry.path("changing").asLong()).isEqualTo(LOST);
    assertThat(dry.path("changes")).hasSize(LOST);
    assertThat(dry.at("/changes/0/to").asText()).isEqualTo("STREAM");
    assertThat(dry.at("/changes/0/statement").asText()).startsWith("INSERT INTO ");
    Http.Answer script =
        http.call("POST", path + ".sql", "{\"all\":true,\"prefer\":\"legacy\",\"dryRun\":true}");
    assertThat(script.raw().headers().firstValue("Content-Disposition").orElseThrow())
        .isEqualTo("attachment; filename=\"crossfade-repair-run-%d.sql\"".formatted(run));
    assertThat(script.raw().body())
        .contains("-- All %d statements".formatted(LOST + 1), "`heart_rate` = ");
    assertThat(problem("POST", path + ".sql", "{\"dryRun\":true}")).isEqualTo("selection-missing");
    assertThat(http.as("viewer").call("POST", path + ".sql", "{\"all\":true}").status())
        .isEqualTo(403);
    String seen = dry.path("preview").asText();
    assertThat(problem("POST", path, "{\"all\":true}")).isEqualTo("reason-missing");
    assertThat(problem("POST", path, "{\"all\":true,\"reason\":\"x\"}"))
        .isEqualTo("preview-missing");
    assertThat(problem("POST", path, "{\"all\":true,\"prefer\":\"neither\",\"reason\":\"x\"}"))
        .isEqualTo("unreadable");
    String all = "{\"all\":true,\"reason\":\"night shift\",\"preview\":\"%s\"%s}";
    assertThat(http.as("viewer").call("POST", path, all.formatted(seen, "")).status())
        .isEqualTo(403);

    // One of them, as it is shown; then the preview of all is no longer true.
    String one =
        "{\"rows\":[{\"table\":\"%s\",\"id\":\"%s\"}],\"prefer\":\"legacy\",\"reason\":\"x\",%%s}"
            .formatted(unlike.path("table").asText(), unlike.path("id").asText());
    String ofOne =
        http.call("POST", path, one.formatted("\"dryRun\":true")).json().path("preview").asText();
    JsonNode first = http.call("POST", path, one.formatted("\"preview\":\"" + ofOne + "\"")).json();
    assertThat(first.path("selected").asLong()).as("%s", first).isEqualTo(1);
    assertThat(first.at("/rows/toStream").asLong()).isEqualTo(1);
    assertThat(
            TestOutputs.number(
                stream, "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn = 'API'"))
        .as("no other row")
        .isEqualTo(RECORDS - LOST);
    Http.Answer changed = http.call("POST", path, all.formatted(seen, ""));
    assertThat(changed.status()).isEqualTo(409);
    assertThat(changed.json().path("type").asText())
        .isEqualTo("urn:crossfade:problem:selection-changed");
    assertThat(changed.json().path("selected").asLong()).isEqualTo(LOST);

    // A row that the stream's consumer writes between the preview and the repair, and otherwise.
    JsonNode missing = differences("?class=MISSING_IN_STREAM").at("/differences/0/difference");
    RecordId id = RecordId.parse(missing.path("id").asText());
    String late =
        "{\"rows\":[{\"table\":\"t_user_health_data\",\"id\":\"%s\"}],\"prefer\":\"legacy\",\"reason\":\"x\",%%s}"
            .formatted(id);
    String ofLate =
        http.call("POST", path, late.formatted("\"dryRun\":true")).json().path("preview").asText();
    new RowCopier(
            OutputTables.find("t_user_health_data").orElseThrow(),
            router.getBean("legacyDataSource", DataSource.class),
            stream)
        .insert(List.of(id));
    String where = " WHERE id = x'%s'".formatted(id);
    TestOutputs.update(stream, "UPDATE t_user_health_data SET heart_rate = 77" + where);
    JsonNode left =
        http.call("POST", path, late.formatted("\"preview\":\"" + ofLate + "\"")).json();
    assertThat(left.at("/rows/toStream").asLong()).as("%s", left).isZero();
    assertThat(left.at("/rows/changed").asLong()).isEqualTo(1);
    assertThat(TestOutputs.number(stream, "SELECT heart_rate FROM t_user_health_data" + where))
        .isEqualTo(77);
    assertThat(http.get(path).json().at("/0/done/changed").asLong()).isEqualTo(1);
    TestOutputs.update(stream, "DELETE FROM t_user_health_data" + where);

    String filter =
        "{\"filter\":{\"class\":\"missing-in-stream\",\"device\":\"API\",\"repaired\":false},"
            + "\"reason\":\"night shift\",%s}";
    String ofFilter =
        http.call("POST", path, filter.formatted("\"dryRun\":true"))
            .json()
            .path("preview")
            .asText();
    JsonNode done =
        http.call("POST", path, filter.formatted("\"preview\":\"" + ofFilter + "\"")).json();
    assertThat(done.at("/rows/toStream").asLong()).as("%s", done).isEqualTo(LOST);
    JsonNode receipts = http.get(path).json();
    assertThat(receipts).hasSize(3);
    assertThat(receipts.at("/0/id").asLong()).isEqualTo(done.path("receipt").asLong());
    assertThat(receipts.at("/0/selection").asText())
        .isEqualTo("class=MISSING_IN_STREAM repaired=false device=API");
    assertThat(differences("?repaired=true").path("total").asLong()).isEqualTo(LOST + 1);
    assertThat(differences("").path("unrepaired").asLong()).isZero();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              JsonNode newest = http.get("/api/reconciler").json().at("/runs/0");
              return "REPAIR".equals(newest.path("origin").asText())
                  && newest.path("finished").asBoolean()
                  && newest.at("/headline/compared").asLong() == LOST;
            });
    assertThat(http.get(row).json().path("cells").findValuesAsText("differs"))
        .doesNotContain("true");
    assertThat(
            TestOutputs.number(
                stream, "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn = 'API'"))
        .isEqualTo(RECORDS);
    long verified = http.get("/api/reconciler").json().at("/runs/0/id").asLong();
    assertThat(
            http.get("/api/reconciler/runs/" + verified + "/differences")
                .json()
                .path("differences"))
        .isEmpty();
    http.awaitNoAlert("UNEXPLAINED");
    // For the other test, whichever comes first.
    assertThat(differences("").path("differences")).hasSize(LOST + 1);
  }

  @Test
  void windowIsComparedOnDemand() {
    Http.Answer begun =
        http.call(
            "POST",
            "/api/reconciler/runs",
            "{\"from\":\"2000-01-01T00:00:00Z\",\"to\":\"2000-01-02T00:00:00Z\",\"kind\":\"event\"}");
    assertThat(begun.status()).isEqualTo(202);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                http.get("/api/reconciler").json().at("/runs").findValuesAsText("from").stream()
                    .anyMatch(from -> from.startsWith("2000-01-01")));
  }

  /** As the command line has it on another machine, say. */
  @Test
  void windowThatSomebodyComparesIsRefused() throws Exception {
    ComparisonWindow window =
        new ComparisonWindow(
            Instant.parse("2000-02-01T00:00:00Z"), Instant.parse("2000-02-02T00:00:00Z"));
    String body = "{\"from\":\"%s\",\"to\":\"%s\"}".formatted(window.from(), window.to());
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch refused = new CountDownLatch(1);
    Throttle untilRefused =
        output -> {
          begun.countDown();
          refused.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        };
    ComparisonRequest request = ComparisonRequest.all(Origin.ON_DEMAND, window);
    Thread somebody =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    TestComparisons.of(router, untilRefused).run(request);
                  } catch (SQLException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    Http.Answer answer = http.call("POST", "/api/reconciler/runs", body);
    refused.countDown();
    somebody.join();
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:crossfade:problem:run-at-work");
    assertThat(answer.json().path("detail").asText())
        .containsPattern("^run \\d+ is at work \\(by .+, since .+\\)$");
    assertThat(http.call("POST", "/api/reconciler/runs", body).status()).isEqualTo(202);
  }

  @Test
  void newestRowsOfADeviceAreThoseOfBothOutputs() {
    // Both facts of this upload carry its stamp.
    http.post(
        "/upload_health_data",
        "{\"data\":{\"deviceSn\":\"WEARER\",\"timestamp\":\"2025-09-14"
            + " 08:15:00\",\"heart_rate\":72,"
            + "\"sleepData\":\"{\\\"light\\\":7}\",\"exerciseDailyData\":\"{\\\"steps\\\":9}\"}}");
    JsonNode rows =
        await()
            .atMost(PATIENCE)
            .until(
                () -> http.get("/api/reconciler/devices/WEARER").json(),
                found -> found.findValuesAsText("table").size() == 3);
    assertThat(rows.findValuesAsText("table"))
        .containsExactlyInAnyOrder(
            "t_user_health_data", "t_user_health_data_fact", "t_user_health_data_fact");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        http.get("/api/reconciler/devices/WEARER")
                            .json()
                            .findValuesAsText("differs"))
                    .as("columns of one output that the other one has otherwise")
                    .doesNotContain("true"));
  }

  @Test
  void pausesAndRulesAreMadeAndUnmade() {
    assertThat(problem("PUT", "/api/reconciler/pause", "{}")).isEqualTo("reason-missing");
    http.call("PUT", "/api/reconciler/pause", "{\"reason\":\"backup\"}");
    assertThat(http.get("/api/reconciler").json().at("/pause/reason").asText()).isEqualTo("backup");
    http.awaitAlert("COMPARING_PAUSED", "operator: backup");
    http.call("DELETE", "/api/reconciler/pause", "");
    http.awaitNoAlert("COMPARING_PAUSED");
    assertThat(http.get("/api/reconciler").json().path("pause").isNull()).isTrue();

    assertThat(
            problem(
                "POST",
                "/api/reconciler/rules",
                "{\"kind\":\"event\",\"reason\":\"all\",\"until\":\"2100-01-01T00:00:00Z\"}"))
        .as("a rule for everything")
        .isEqualTo("unreadable");
    assertThat(
            problem(
                "POST",
                "/api/reconciler/rules",
                "{\"kind\":\"event\",\"column\":\"stress\",\"reason\":\"health's\","
                    + "\"until\":\"2100-01-01T00:00:00Z\"}"))
        .as("a column of another kind")
        .isEqualTo("unreadable");
    http.call(
        "POST",
        "/api/reconciler/rules",
        "{\"kind\":\"event\",\"column\":\"altitude\",\"reason\":\"rounds\",\"until\":\"2100-01-01T00:00:00Z\"}");
    JsonNode rule = http.get("/api/reconciler/rules").json().path(0);
    assertThat(rule.path("owner").asText()).isEqualTo("operator");
    String path = "/api/reconciler/rules/" + rule.path("id").asText();
    assertThat(http.call("DELETE", path, "").status()).isEqualTo(200);
    assertThat(http.call("DELETE", path, "").status()).isEqualTo(404);
  }

  @Test
  void whatCannotBeIsSaid() {
    assertThat(http.get("/api/reconciler/runs/9999/differences").status()).isEqualTo(404);
    assertThat(differencesStatus("?class=WORSE")).isEqualTo(400);
    assertThat(differencesStatus("?after=nowhere")).isEqualTo(400);
    assertThat(http.get("/api/reconciler/rows/mysql.user/00").status()).isEqualTo(400);
    assertThat(http.get("/api/reconciler/rows/t_common_event/zz").status()).isEqualTo(400);
  }

  private static JsonNode differences(String query) {
    return http.get("/api/reconciler/runs/" + run + "/differences" + query).json();
  }

  private static int differencesStatus(String query) {
    return http.get("/api/reconciler/runs/" + run + "/differences" + query).status();
  }

  private static String problem(String method, String path, String body) {
    return http.call(method, path, body)
        .json()
        .path("type")
        .asText()
        .replace("urn:crossfade:problem:", "");
  }
}
