package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.DeviceCohortStrategy;
import io.crossfade.router.flags.RolloutFeature;
import io.crossfade.stream.TestRedis;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.togglz.core.manager.FeatureManager;
import org.togglz.core.repository.FeatureState;
import org.togglz.core.user.SimpleFeatureUser;

/** The rollout as an operator works it, over HTTP, on real servers. */
class RolloutIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** A load that a busy machine's memory queue takes: what it refuses is no evidence. */
  private static final Duration BETWEEN_LOADS = Duration.ofSeconds(1);

  private final List<ConfigurableApplicationContext> routers = new ArrayList<>();
  private CutLink database;
  private DbSettings schemas;
  private TestRedis redis;
  private String prefix;

  @BeforeEach
  void start() {
    database = new CutLink(TestDatabase.port());
    schemas = TestDatabase.newSchemasBehind(database);
    redis = new TestRedis();
    prefix = TestRedis.newPrefix();
  }

  @AfterEach
  void stop() throws Exception {
    database.mend();
    routers.forEach(ConfigurableApplicationContext::close);
    redis.close();
    database.close();
  }

  @Test
  void changeIsDryRunMadeRecordedAndUndone() {
    Http http = router();
    send(http, IntStream.range(0, 50).mapToObj(i -> "D" + i).toList());
    long version = version(http);
    JsonNode dry =
        change(
            http,
            200,
            "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":25,\"dryRun\":true",
            version);
    assertThat(dry.path("applied").asBoolean()).isFalse();
    JsonNode step = dry.path("steps").path(0);
    assertThat(step.path("from").asText()).isEqualTo("shadow");
    assertThat(step.path("to").asText()).isEqualTo("canary");
    assertThat(step.path("verdict").asText()).isEqualTo("INCONCLUSIVE");
    assertThat(step.at("/devices/known").asLong()).isEqualTo(50);
    long moving = IntStream.range(0, 50).filter(i -> Cohort.bucket("D" + i) < 2_500).count();
    assertThat(step.at("/devices/toStream").asLong()).isEqualTo(moving).isPositive();
    assertThat(version(http)).as("a dry run changes nothing").isEqualTo(version);

    JsonNode refused =
        change(http, 409, "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":25", version);
    assertThat(refused.path("type").asText()).isEqualTo("urn:crossfade:problem:gates-not-passed");
    assertThat(refused.path("detail").asText()).contains("CONSISTENCY INCONCLUSIVE");

    JsonNode made =
        change(
            http,
            200,
            "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":25,\"force\":true,\"ticket\":\"OPS-7\"",
            version);
    assertThat(made.path("applied").asBoolean()).isTrue();
    assertThat(made.path("version").asLong()).isEqualTo(version + 1);
    for (int i = 0; i < 50; i++) {
      boolean stream = Cohort.bucket("D" + i) < 2_500;
      JsonNode why = http.get("/api/rollout/devices/D" + i).json();
      assertThat(why.at("/kinds/0/path").asText()).isEqualTo(stream ? "stream" : "legacy");
      assertThat(why.at("/kinds/0/why").asText()).contains("bucket " + Cohort.bucket("D" + i));
      assertThat(why.at("/kinds/1/path").asText()).isEqualTo("legacy");
    }

    JsonNode health = http.get("/api/rollout/kinds/health").json();
    assertThat(health.path("next").asText()).as("of the plan").isEqualTo("canary 30 %");
    JsonNode next =
        change(
            http,
            200,
            "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":30,\"dryRun\":true",
            version + 1);
    assertThat(health.path("gates").findValuesAsText("gate"))
        .as("the gates that this very step is asked for")
        .isEqualTo(next.at("/steps/0/gates").findValuesAsText("gate"))
        .isNotEmpty();

    JsonNode newest = http.get("/api/rollout/history?kind=health").json().path(0);
    assertThat(newest.path("actor").asText()).isEqualTo("operator");
    assertThat(newest.path("ticket").asText()).isEqualTo("OPS-7");
    assertThat(newest.path("forced").asBoolean()).isTrue();
    assertThat(newest.at("/before/cohort/basisPoints").asInt()).isZero();
    assertThat(newest.at("/after/cohort/basisPoints").asInt()).isEqualTo(2_500);
    assertThat(newest.path("evidence").asText()).contains("CONSISTENCY");

    JsonNode inverse = made.at("/steps/0/inverse");
    assertThat(inverse.path("stage").asText()).isEqualTo("shadow");
    String undo = inverse.toString();
    change(http, 200, undo.substring(1, undo.length() - 1), version + 1);
    assertThat(http.get("/api/rollout").json().at("/kinds/0/stage").asText()).isEqualTo("shadow");
  }

  @Test
  void uploadOfManyDevicesIsSplitByCohort() {
    Http http = router();
    change(
        http,
        200,
        "\"kind\":\"all\",\"stage\":\"canary\",\"percentage\":50,\"force\":true",
        version(http));
    List<String> devices = IntStream.range(0, 200).mapToObj(i -> "LIST" + i).toList();
    send(http, devices);
    long stream = devices.stream().filter(d -> Cohort.bucket(d) < 5_000).count();
    assertThat(stream).isBetween(60L, 140L);
    awaitCount("streamDataSource", "route_reason = 'FLAG'", stream);
    awaitCount("streamDataSource", "route_reason = 'MIRROR'", 200 - stream);
    awaitCount("legacyDataSource", "route_reason = 'FLAG'", 200 - stream);
    awaitCount("legacyDataSource", "route_reason = 'MIRROR'", stream);
  }

  /** Fields, status, type, and what the detail says. */
  private static final List<String> BAD_CHANGES =
      List.of(
          "\"kind\":\"heart\",\"stage\":\"shadow\"|400|unknown-kind|health, device, event, all",
          "\"kind\":\"health\",\"stage\":\"moon\"|400|unknown-stage|legacy, shadow, canary, live,"
              + " complete",
          "\"kind\":\"health\",\"stage\":\"none\"|400|unknown-stage|legacy, shadow",
          "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":200|400|percentage-out-of-range|0.01"
              + " to 99.99",
          "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":12.345|400|percentage-out-of-range|0.01"
              + " to 99.99",
          "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":0|400|percentage-out-of-range|0.01"
              + " to 99.99",
          "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":100|400|percentage-out-of-range|0.01"
              + " to 99.99",
          "\"kind\":\"health\",\"stage\":\"canary\",\"percentge\":10|400|unreadable|percentge",
          "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":\"x\"|400|unreadable|",
          "\"kind\":\"health\",\"stage\":\"live\"|409|illegal-jump|skips canary",
          "\"kind\":\"health\",\"stage\":\"complete\"|409|illegal-jump|skips live",
          "\"kind\":\"health\",\"stage\":\"shadow\"|409|illegal-jump|already");

  @Test
  void badChangesAreProblemsThatSayWhatIsAccepted() {
    Http http = router();
    long version = version(http);
    for (String bad : BAD_CHANGES) {
      String[] parts = bad.split("\\|", -1);
      JsonNode problem = change(http, Integer.parseInt(parts[1]), parts[0], version);
      assertThat(problem.path("type").asText())
          .as(bad)
          .isEqualTo("urn:crossfade:problem:" + parts[2]);
      assertThat(problem.path("detail").asText()).contains(parts[3]);
    }
    assertThat(version(http)).isEqualTo(version);
  }

  @Test
  void missingReasonsAndStaleVersionsAreRefused() {
    Http http = router();
    long version = version(http);
    String body = "{\"kind\":\"health\",\"stage\":\"legacy\",\"version\":%d%s}";
    assertThat(problem(http, body.formatted(version, ""))).isEqualTo("reason-missing");
    assertThat(problem(http, body.formatted(version, ",\"reason\":\"  \"")))
        .isEqualTo("reason-missing");
    assertThat(problem(http, body.formatted(version - 1, ",\"reason\":\"x\"")))
        .isEqualTo("stale-version");
    assertThat(problem(http, "{\"kind\":\"health\",\"stage\":\"legacy\",\"reason\":\"x\"}"))
        .isEqualTo("version-missing");
    assertThat(problem(http, "{")).isEqualTo("unreadable");
    assertThat(http.call("POST", "/api/rollout/rollbacks", "{\"kind\":\"all\"}").status())
        .isEqualTo(400);
    assertThat(http.get("/api/rollout/rollbacks/none").status()).isEqualTo(404);
    assertThat(version(http)).isEqualTo(version);
  }

  @Test
  void onlyOperatorsChangeAndNobodyLooksWithoutALogin() {
    Http http = router();
    for (String path : List.of("/api/rollout", "/api/rollout/history", "/api/stream_stats")) {
      assertThat(http.as(null).get(path).status()).as(path).isEqualTo(401);
      assertThat(http.as("stranger").get(path).status()).as(path).isEqualTo(401);
      assertThat(http.as("viewer").get(path).status()).as(path).isEqualTo(200);
    }
    String body =
        "{\"kind\":\"all\",\"stage\":\"legacy\",\"reason\":\"x\",\"version\":"
            + version(http)
            + "}";
    for (String path : List.of("changes", "rollbacks", "holds", "opt-in")) {
      String method = path.equals("holds") ? "PUT" : "POST";
      assertThat(http.as("viewer").call(method, "/api/rollout/" + path, body).status())
          .isEqualTo(403);
      assertThat(http.as(null).call(method, "/api/rollout/" + path, body).status()).isEqualTo(401);
    }
    assertThat(http.as("viewer").call("DELETE", "/api/rollout/holds/all", "").status())
        .isEqualTo(403);
  }

  @Test
  void togglzSeesTheCohortAndItsChangesAreRecorded() {
    Http http = router();
    FeatureManager togglz = routers.getFirst().getBean(FeatureManager.class);
    assertThat(togglz.getActivationStrategies())
        .as("what its console offers")
        .singleElement()
        .isInstanceOf(DeviceCohortStrategy.class);
    FeatureState state = new FeatureState(RolloutFeature.EVENT_STREAM, true);
    state.setStrategyId(DeviceCohortStrategy.ID).setParameter("percentage", "33.33");
    togglz.setFeatureState(state);
    await()
        .atMost(PATIENCE)
        .until(
            () -> "canary".equals(http.get("/api/rollout").json().at("/kinds/2/stage").asText()));
    JsonNode newest = http.get("/api/rollout/history?kind=event").json().path(0);
    assertThat(newest.path("origin").asText()).isEqualTo("TOGGLZ");
    assertThat(newest.at("/after/cohort/basisPoints").asInt()).isEqualTo(3_333);
    DeviceCohortStrategy strategy = new DeviceCohortStrategy();
    FeatureState stored = togglz.getFeatureState(RolloutFeature.EVENT_STREAM);
    for (int i = 0; i < 100; i++) {
      assertThat(strategy.isActive(stored, new SimpleFeatureUser("T" + i)))
          .isEqualTo(
              "stream"
                  .equals(
                      http.get("/api/rollout/devices/T" + i).json().at("/kinds/2/path").asText()));
    }
    FeatureState bad = new FeatureState(RolloutFeature.EVENT_STREAM, true);
    bad.setStrategyId("gradual");
    assertThatThrownBy(() -> togglz.setFeatureState(bad)).hasMessageContaining("gradual");

    togglz.setFeatureState(new FeatureState(RolloutFeature.EVENT_DUAL_WRITE, false));
    await()
        .atMost(PATIENCE)
        .until(() -> "none".equals(http.get("/api/rollout").json().at("/kinds/2/stage").asText()));
    assertThat(http.get("/api/rollout").json().at("/kinds/2/danger").asText())
        .contains("each output lacks what the other has");
  }

  @Test
  void flipReachesTheOtherRouterAndARollbackSaysSo() {
    Http one = router();
    Http two = router();
    change(
        one,
        200,
        "\"kind\":\"all\",\"stage\":\"canary\",\"percentage\":99.99,\"force\":true",
        version(one));
    String device =
        IntStream.range(0, 100)
            .mapToObj(i -> "R" + i)
            .filter(d -> Cohort.bucket(d) < 9_999)
            .findFirst()
            .orElseThrow();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                "stream"
                    .equals(
                        two.get("/api/rollout/devices/" + device)
                            .json()
                            .at("/kinds/0/path")
                            .asText()));
    assertThat(two.post("/upload_health_data", Http.health(device, 1)).status()).isEqualTo(200);
    JsonNode receipt = rollback(one, "all");
    assertThat(receipt.path("stored").asBoolean()).isTrue();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode now =
                  one.get("/api/rollout/rollbacks/" + receipt.path("id").asText()).json();
              assertThat(now.path("instances"))
                  .hasSize(2)
                  .allMatch(i -> i.path("applied").asBoolean());
            });
    assertThat(two.get("/api/rollout/devices/" + device).json().at("/kinds/0/path").asText())
        .isEqualTo("legacy");
    one.post("/upload_health_data", Http.health(device, 2));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode now =
                  two.get("/api/rollout/rollbacks/" + receipt.path("id").asText()).json();
              assertThat(now.path("firstLegacyMillis").isNumber()).as("%s", now).isTrue();
              assertThat(now.path("drained").asBoolean()).isTrue();
              assertThat(now.path("drainedMillis").isNumber()).isTrue();
            });
    awaitCount("streamDataSource", "device_sn = '" + device + "'", 2);
  }

  @Test
  void rollbackOfAllLeavesOtherShadowsAloneAndTheNextEndsThem() {
    Http http = router();
    change(
        http,
        200,
        "\"kind\":\"event\",\"stage\":\"canary\",\"percentage\":10,\"force\":true",
        version(http));
    JsonNode after = rollback(http, "all").path("after");
    assertThat(after.at("/event/cohort/basisPoints").asInt()).isZero();
    assertThat(after).allMatch(flags -> flags.path("dualWrite").asBoolean());
    assertThat(after).as("the opt-in of all").hasSize(3);
    JsonNode kinds = http.get("/api/rollout").json().path("kinds");
    assertThat(kinds).allMatch(kind -> "shadow".equals(kind.path("stage").asText()));
    JsonNode second = rollback(http, "all");
    assertThat(second.path("stored").asBoolean()).isTrue();
    kinds = http.get("/api/rollout").json().path("kinds");
    assertThat(kinds).allMatch(kind -> "legacy".equals(kind.path("stage").asText()));
  }

  /** A client's own choice is a flag of its own, which the red button switches off. */
  @Test
  void rollbackKeepsV2UploadsFromTheStreamUntilTheyAreLetBackByAChangeOfTheirOwn() {
    Http http = router();
    assertThat(http.post("/upload_health_data_v2", Http.health("OWN", 0)).status()).isEqualTo(200);
    awaitCount("streamDataSource", "route_reason = 'OPT_IN'", 1);
    JsonNode receipt = rollback(http, "health", ",\"to\":\"shadow\"");
    assertThat(receipt.at("/after/health/optIn").isBoolean()).isTrue();
    assertThat(receipt.at("/after/health/optIn").asBoolean()).isFalse();
    assertThat(receipt.path("notes").toString()).contains("Clients of _v2 endpoints");
    JsonNode answer = http.post("/upload_health_data_v2", Http.health("OWN", 1)).json();
    assertThat(answer.path("status").asText()).as("%s", answer).isEqualTo("accepted");
    awaitCount("legacyDataSource", "route_reason = 'FLAG'", 1);
    awaitCount("streamDataSource", "route_reason = 'MIRROR'", 1);
    awaitCount("streamDataSource", "route_reason = 'OPT_IN'", 1);
    JsonNode device = http.get("/api/rollout/devices/OWN").json().at("/kinds/0");
    assertThat(device.at("/v2/path").asText()).isEqualTo("legacy");
    assertThat(device.at("/v2/why").asText()).contains("the opt-in is off");

    change(
        http,
        200,
        "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":0.01,\"force\":true",
        version(http));
    assertThat(kind(http).path("optIn").asBoolean()).as("not by a change of stage").isFalse();
    assertThat(kind(http).path("stage").asText()).isEqualTo("canary");

    JsonNode made = optIn(http, 200, "\"kind\":\"health\",\"on\":true,\"ticket\":\"OPS-8\"");
    assertThat(made.at("/steps/0/inverse").toString())
        .contains("\"on\":false", "\"kind\":\"health\"");
    assertThat(kind(http).path("optIn").asBoolean()).isTrue();
    assertThat(http.get("/api/rollout/devices/OWN").json().at("/kinds/0/v2/path").asText())
        .isEqualTo("stream");
    http.post("/upload_health_data_v2", Http.health("OWN", 2));
    awaitCount("streamDataSource", "route_reason = 'OPT_IN'", 2);
    JsonNode history = http.get("/api/rollout/history?kind=health").json();
    assertThat(history.findValuesAsText("origin"))
        .startsWith("OPERATOR", "OPERATOR", "ROLLBACK", "INITIAL");
    assertThat(history.at("/0/after/optIn").asBoolean()).isTrue();
    assertThat(history.at("/0/ticket").asText()).isEqualTo("OPS-8");
    assertThat(history.at("/1/after/optIn").asBoolean()).isFalse();
    assertThat(history.at("/2/after/optIn").asBoolean()).isFalse();
    assertThat(history.at("/2/before/optIn").asBoolean()).isTrue();
    assertThat(optIn(http, 409, "\"kind\":\"health\",\"on\":true").path("type").asText())
        .isEqualTo("urn:crossfade:problem:already-so");
    assertThat(optIn(http, 400, "\"kind\":\"health\"").path("type").asText())
        .isEqualTo("urn:crossfade:problem:switch-missing");
  }

  private static JsonNode kind(Http http) {
    return http.get("/api/rollout").json().at("/kinds/0");
  }

  private static JsonNode optIn(Http http, int status, String fields) {
    Http.Answer answer = http.call("POST", "/api/rollout/opt-in", body(fields, version(http)));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    return answer.json();
  }

  /** Invariants 6 and 7. */
  @Test
  void rollbackWorksWithEveryServerStopped() {
    Http http = router();
    change(
        http,
        200,
        "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":99.99,\"force\":true",
        version(http));
    redis.kill();
    database.cut();
    await().atMost(PATIENCE).until(() -> http.get("/api/rollout").json().path("stale").asBoolean());
    assertThat(http.get("/api/rollout").json().at("/kinds/0/stage").asText())
        .as("the last known state counts")
        .isEqualTo("canary");
    JsonNode receipt = rollback(http, "health", ",\"to\":\"shadow\"");
    JsonNode repeated = rollback(http, "health", ",\"to\":\"shadow\"");
    assertThat(repeated.path("id")).as("one rollback").isEqualTo(receipt.path("id"));
    assertThat(receipt.path("stored").asBoolean()).isFalse();
    assertThat(receipt.path("notes").toString()).contains("MySQL").contains("Redis");
    JsonNode now = http.get("/api/rollout").json();
    assertThat(now.at("/kinds/0/stage").asText()).isEqualTo("shadow");
    assertThat(now.path("rollbackWaitsToBeStored").asBoolean()).isTrue();

    database.mend();
    redis.start();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                http.get("/api/rollout/rollbacks/" + receipt.path("id").asText())
                    .json()
                    .path("stored")
                    .asBoolean());
    JsonNode newest = http.get("/api/rollout/history?kind=health").json().path(0);
    assertThat(newest.path("origin").asText()).isEqualTo("ROLLBACK");
    assertThat(newest.path("reason").asText()).isEqualTo("test");
    assertThat(http.get("/api/rollout").json().at("/kinds/0/stage").asText()).isEqualTo("shadow");
  }

  /** Invariant 12. */
  @Test
  void secondRollbackKeepsTheFirstWhileTheDatabaseIsAway() {
    Http http = router();
    change(
        http,
        200,
        "\"kind\":\"all\",\"stage\":\"canary\",\"percentage\":50,\"force\":true",
        version(http));
    database.cut();
    await().atMost(PATIENCE).until(() -> http.get("/api/rollout").json().path("stale").asBoolean());
    String first = rollback(http, "health").path("id").asText();
    String second = rollback(http, "event").path("id").asText();
    JsonNode kinds = http.get("/api/rollout").json().path("kinds");
    assertThat(kinds.findValuesAsText("stage")).containsExactly("shadow", "canary", "shadow");
    database.mend();
    for (String id : List.of(first, second)) {
      await()
          .atMost(PATIENCE)
          .until(() -> http.get("/api/rollout/rollbacks/" + id).json().path("stored").asBoolean());
    }
    kinds = http.get("/api/rollout").json().path("kinds");
    assertThat(kinds.findValuesAsText("stage")).containsExactly("shadow", "canary", "shadow");
    assertThat(http.get("/api/rollout/history").json().findValuesAsText("decision"))
        .startsWith(second, first);
  }

  @Test
  void gatesPassOnEvidenceAndAPlantedDifferenceSendsTheKindBackOnce() {
    Http http =
        router(
            "--crossfade.rollout.compare-every=200ms",
            "--crossfade.rollout.decide-every=200ms",
            "--crossfade.reconciler.settle=3s",
            "--crossfade.gates.soak=0s",
            "--crossfade.gates.samples=100");
    List<String> devices = IntStream.range(0, 4_000).mapToObj(i -> "G" + i).toList();
    await("gates to pass on what is uploaded")
        .atMost(PATIENCE)
        .pollInterval(BETWEEN_LOADS)
        .until(
            () -> {
              send(http, devices);
              return 200
                  == http.call(
                          "POST",
                          "/api/rollout/changes",
                          body(
                              "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":50",
                              version(http)))
                      .status();
            });
    http.call("PUT", "/api/rollout/holds", "{\"kind\":\"health\",\"reason\":\"watching\"}");
    DataSource stream = routers.getFirst().getBean("streamDataSource", DataSource.class);
    await("a planted loss is found, and the hold keeps the stage")
        .atMost(PATIENCE)
        .pollInterval(BETWEEN_LOADS)
        .until(
            () -> {
              send(http, devices);
              TestOutputs.update(
                  stream, "DELETE FROM t_user_health_data WHERE device_sn LIKE 'G1%'");
              return http.get("/api/rollout")
                  .json()
                  .at("/kinds/0/gates/0/verdict")
                  .asText()
                  .equals("FAIL");
            });
    assertThat(http.get("/api/rollout").json().at("/kinds/0/stage").asText()).isEqualTo("canary");
    assertThat(http.get("/api/rollout").json().at("/kinds/0/hold/reason").asText())
        .isEqualTo("watching");
    http.awaitAlert("HELD", "operator: watching");
    http.call("DELETE", "/api/rollout/holds/health", "");
    await()
        .atMost(PATIENCE)
        .until(
            () -> "shadow".equals(http.get("/api/rollout").json().at("/kinds/0/stage").asText()));
    JsonNode history = http.get("/api/rollout/history?kind=health").json();
    assertThat(history.path(0).path("origin").asText()).isEqualTo("AUTOPILOT");
    assertThat(history.path(0).path("reason").asText()).contains("CONSISTENCY");
    assertThat(history.at("/0/before/optIn").asBoolean()).isTrue();
    assertThat(history.at("/0/after/optIn").asBoolean()).as("as any rollback").isFalse();
    assertThat(history.path(1).path("origin").asText()).as("once").isEqualTo("OPERATOR");
  }

  @Test
  void plannedKindGoesOnByItselfOnPassAndNeverToComplete() {
    Http http =
        router(
            "--crossfade.rollout.planned-kinds=health",
            "--crossfade.rollout.plan=10,50,100",
            "--crossfade.rollout.plan-soak=0s",
            "--crossfade.rollout.compare-every=200ms",
            "--crossfade.rollout.decide-every=200ms",
            "--crossfade.reconciler.settle=3s",
            "--crossfade.gates.soak=0s",
            "--crossfade.gates.latency-ratio=1000",
            "--crossfade.gates.samples=100");
    List<String> devices = IntStream.range(0, 4_000).mapToObj(i -> "P" + i).toList();
    await()
        .atMost(PATIENCE)
        .pollInterval(BETWEEN_LOADS)
        .until(
            () -> {
              send(http, devices);
              return "live".equals(http.get("/api/rollout").json().at("/kinds/0/stage").asText());
            });
    JsonNode history = http.get("/api/rollout/history?kind=health").json();
    assertThat(history.findValuesAsText("origin"))
        .containsExactly("AUTOPILOT", "AUTOPILOT", "AUTOPILOT", "INITIAL");
    assertThat(
            IntStream.range(0, 3)
                .mapToObj(i -> history.path(i).at("/after/cohort/basisPoints").asInt()))
        .containsExactly(10_000, 5_000, 1_000);
    assertThat(history.path(0).path("evidence").asText()).contains("\"verdict\":\"PASS\"");
    assertThat(history).allMatch(change -> change.at("/after/optIn").asBoolean());
  }

  @Test
  void ofTwoOperatorsWithTheSameVersionOneWins() throws Exception {
    Http http = router();
    long version = version(http);
    List<Integer> answers = new ArrayList<>();
    List<Thread> operators = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String body = body("\"kind\":\"device\",\"stage\":\"legacy\"", version);
      operators.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    int status = http.call("POST", "/api/rollout/changes", body).status();
                    synchronized (answers) {
                      answers.add(status);
                    }
                  }));
    }
    for (Thread operator : operators) {
      operator.join();
    }
    assertThat(answers).hasSize(8).containsOnlyOnce(200).containsOnly(200, 409);
    assertThat(version(http)).isEqualTo(version + 1);
  }

  /** Whoever was not answered asks again, of another router, too. */
  @Test
  void rollbackThatSaysHowFarGoesNoFurtherHoweverOftenItIsAsked() {
    Http one = router();
    Http two = router();
    change(
        one,
        200,
        "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":20,\"force\":true",
        version(one));
    String shadow = ",\"to\":\"shadow\"";
    JsonNode receipt = rollback(one, "all", shadow);
    assertThat(receipt.path("after")).hasSize(3);
    assertThat(rollback(one, "all", shadow).path("id")).isEqualTo(receipt.path("id"));
    await().atMost(PATIENCE).until(() -> version(two) == version(one));
    await("the receipt of the one that made it, of any router")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rollback(two, "all", shadow).path("id")).isEqualTo(receipt.path("id")));
    assertThat(one.get("/api/rollout").json().at("/kinds/0/stage").asText()).isEqualTo("shadow");
    assertThat(one.get("/api/rollout/history?kind=health").json().at("/0/reason").asText())
        .isEqualTo("test");
    long version = version(one);

    rollback(one, "health", ",\"to\":\"legacy\"");
    rollback(one, "health", ",\"to\":\"legacy\"");
    assertThat(one.get("/api/rollout").json().at("/kinds/0/stage").asText()).isEqualTo("legacy");
    rollback(one, "health", shadow);
    assertThat(one.get("/api/rollout").json().at("/kinds/0/stage").asText())
        .as("it is behind, and stays there")
        .isEqualTo("legacy");
    await().atMost(PATIENCE).until(() -> version(one) == version + 1);
    // Where a person put it, no rollback of long ago is what led there.
    change(one, 200, "\"kind\":\"health\",\"stage\":\"shadow\"", version(one));
    JsonNode nothing = rollback(one, "health", shadow);
    assertThat(nothing.path("after")).isEmpty();
    assertThat(nothing.path("notes").toString()).contains("already");
    assertThat(nothing.path("id").isNull()).as("there is no receipt to ask for").isTrue();
    assertThat(
            one.call(
                    "POST",
                    "/api/rollout/rollbacks",
                    "{\"kind\":\"health\",\"reason\":\"test\",\"to\":\"live\"}")
                .status())
        .isEqualTo(400);
  }

  private Http router(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.stream.key-prefix=" + prefix));
    arguments.addAll(Arrays.asList(more));
    ConfigurableApplicationContext router =
        TestRouterApplication.start(schemas, redis.port(), arguments);
    routers.add(router);
    return Http.of(router);
  }

  /** One measurement of each, and its device info, in two uploads. */
  private void send(Http http, List<String> devices) {
    String items =
        String.join(
            ",", devices.stream().map(d -> "{\"id\":\"%s\",\"xlv\":70}".formatted(d)).toList());
    assertThat(http.post("/upload_health_data", "{\"data\":[" + items + "]}").status())
        .isEqualTo(200);
    if (devices.size() <= 200) {
      String infos =
          String.join(
              ",", devices.stream().map(d -> "{\"SerialNumber\":\"%s\"}".formatted(d)).toList());
      assertThat(http.post("/upload_device_info", "[" + infos + "]").status()).isEqualTo(200);
      awaitCount("legacyDataSource", "t_device_info", "1 = 1", devices.size());
    }
  }

  private static JsonNode rollback(Http http, String kind) {
    return rollback(http, kind, "");
  }

  private static JsonNode rollback(Http http, String kind, String more) {
    Http.Answer answer =
        http.call(
            "POST",
            "/api/rollout/rollbacks",
            "{\"kind\":\"%s\",\"reason\":\"test\"%s}".formatted(kind, more));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer.json();
  }

  private static JsonNode change(Http http, int status, String fields, long version) {
    Http.Answer answer = http.call("POST", "/api/rollout/changes", body(fields, version));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    return answer.json();
  }

  private static String body(String fields, long version) {
    return "{%s,\"reason\":\"test\",\"version\":%d}".formatted(fields, version);
  }

  private static String problem(Http http, String body) {
    return http.call("POST", "/api/rollout/changes", body)
        .json()
        .path("type")
        .asText()
        .replace("urn:crossfade:problem:", "");
  }

  private static long version(Http http) {
    return http.get("/api/rollout").json().path("version").asLong();
  }

  private void awaitCount(String output, String condition, long rows) {
    awaitCount(output, "t_user_health_data", condition, rows);
  }

  private void awaitCount(String output, String table, String condition, long rows) {
    DataSource source = routers.getFirst().getBean(output, DataSource.class);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        TestOutputs.number(
                            source, "SELECT COUNT(*) FROM " + table + " WHERE " + condition))
                    .isEqualTo(rows));
  }
}
