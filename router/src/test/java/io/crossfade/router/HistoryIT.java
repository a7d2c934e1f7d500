package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.TestRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** What the last hour was, whoever looks and whatever happened meanwhile. */
class HistoryIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** So long that a slice in which no router counts is in it. */
  private static final Duration GAP = Duration.ofSeconds(21);

  private final String prefix = TestRedis.newPrefix();

  @Test
  void addsUpOverARestartAndAnOutageWithWhatHappenedMarked() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    try (CutLink redis = new CutLink(TestRedis.sharedPort())) {
      long legacy = 0;
      long stream = 0;
      long fallbacks = 0;
      ConfigurableApplicationContext first = start(schemas, redis.port());
      try {
        Http http = Http.of(first);
        for (int second = 0; second < 30; second++) {
          upload(http, "/upload_health_data", second);
          legacy++;
          upload(http, "/upload_health_data_v2", 1_000 + second);
          stream++;
        }
        redis.cut();
        int number = 2_000;
        while (!breaker(http).equals("OPEN")) {
          upload(http, "/upload_health_data_v2", number++);
          fallbacks++;
        }
        redis.mend();
        Instant deadline = Instant.now().plus(PATIENCE);
        while (!breaker(http).equals("CLOSED") && Instant.now().isBefore(deadline)) {
          long served = served(first);
          upload(http, "/upload_health_data_v2", number++);
          if (served(first) > served) {
            stream++;
          } else {
            fallbacks++;
          }
        }
        change(http);
        assertThat(
                http.call(
                        "POST",
                        "/api/rollout/rollbacks",
                        "{\"kind\":\"all\",\"reason\":\"too <many>\",\"to\":\"shadow\"}")
                    .status())
            .isEqualTo(200);
      } finally {
        first.close();
      }
      Instant stopped = Instant.now();
      await().atMost(PATIENCE).until(() -> Instant.now().isAfter(stopped.plus(GAP)));
      ConfigurableApplicationContext second = start(schemas, redis.port());
      try {
        Http http = Http.of(second);
        for (int number = 5_000; number < 5_010; number++) {
          upload(http, "/upload_health_data", number);
          legacy++;
        }
        long byLegacy = legacy + fallbacks;
        long byStream = stream;
        long fellBack = fallbacks;
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  JsonNode past = http.get("/api/history").json();
                  assertThat(sum(past, "health", "legacy", "accepted")).isEqualTo(byLegacy);
                  assertThat(sum(past, "health", "stream", "accepted")).isEqualTo(byStream);
                  assertThat(sum(past, "health", "legacy", "fellBack")).isEqualTo(fellBack);
                  assertThat(sum(past, "health", "legacy", "refused")).isZero();
                  assertThat(sum(past, "health", "legacy", "written"))
                      .as("rows that the stop wrote are counted, too")
                      .isEqualTo(byLegacy + byStream);
                  assertThat(sum(past, "event", "stream", "accepted")).isZero();
                });
        assertGap(http.get("/api/history").json());
        assertMarked(http.get("/api/history").json());
        assertThat(
                TestDatabase.query(
                    "SELECT SUM(accepted) FROM %s.router_history WHERE seconds = 600"
                        .formatted(TestDatabase.nameOf(schemas.control()))))
            .containsExactly(String.valueOf(byLegacy + byStream));
        assertThat(sorts(http.get("/api/history?minutes=10080").json()))
            .contains("CHANGE", "ROLLBACK", "STOPPED");
        for (String wrong : List.of("0", "-1", "10081", "an-hour")) {
          Http.Answer answer = http.get("/api/history?minutes=" + wrong);
          assertThat(answer.status()).as(wrong).isEqualTo(400);
          assertThat(answer.json().path("type").asText()).endsWith(":unreadable");
        }
      } finally {
        second.close();
      }
    }
  }

  @Test
  void whatIsCountedWhileTheDatabaseIsAwayIsKeptAtItsOwnTime() throws Exception {
    try (CutLink database = new CutLink(TestDatabase.port())) {
      ConfigurableApplicationContext router =
          start(TestDatabase.newSchemasBehind(database), TestRedis.sharedPort());
      try {
        Http http = Http.of(router);
        upload(http, "/upload_health_data_v2", 1);
        await()
            .atMost(PATIENCE)
            .until(() -> sum(http.get("/api/history").json(), "health", "stream", "accepted") == 1);
        database.cut();
        Instant cut = Instant.now();
        Instant later = cut.plusSeconds(15);
        await().atMost(PATIENCE).until(() -> Instant.now().isAfter(later));
        upload(http, "/upload_health_data_v2", 2);
        Instant sent = Instant.now();
        await().atMost(PATIENCE).until(() -> Instant.now().isAfter(sent.plusSeconds(15)));
        database.mend();
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> {
                  JsonNode past = http.get("/api/history").json();
                  assertThat(sum(past, "health", "stream", "accepted")).isEqualTo(2);
                  assertThat(sorts(past)).contains("CONTROL_AWAY");
                });
        JsonNode past = http.get("/api/history").json();
        JsonNode accepted = line(past, "health", "stream").path("accepted");
        List<Instant> counted = new ArrayList<>();
        for (int slice = 0; slice < accepted.size(); slice++) {
          Instant from = Instant.parse(past.path("at").path(slice).asText());
          if (accepted.path(slice).asLong() > 0) {
            counted.add(from);
          }
          if (from.isAfter(cut.minusSeconds(10)) && from.isBefore(sent.plusSeconds(10))) {
            assertThat(past.path("routers").path(slice).asInt()).as(from + " is no gap").isOne();
          }
        }
        assertThat(counted).hasSize(2);
        assertThat(counted.getLast()).isBetween(sent.minusSeconds(20), sent);
      } finally {
        database.mend();
        IdleBudget.closeOnceIdle(router);
      }
    }
  }

  private ConfigurableApplicationContext start(DbSettings schemas, int redisPort) {
    return TestRouterApplication.start(
        schemas,
        redisPort,
        List.of(
            "--server.port=0",
            "--management.server.port=0",
            "--crossfade.stream.key-prefix=" + prefix));
  }

  private static void upload(Http http, String path, int second) {
    assertThat(http.post(path, Http.health("HISTORY", second)).status()).isEqualTo(200);
  }

  private static String breaker(Http http) {
    return http.get("/api/rollout").json().path("breaker").asText();
  }

  private static long served(ConfigurableApplicationContext router) {
    return Http.ofManagement(router)
        .get("/actuator/prometheus")
        .raw()
        .body()
        .lines()
        .filter(line -> line.startsWith("crossfade_router_records_total"))
        .filter(line -> line.contains("path=\"stream\"") && line.contains("kind=\"health\""))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static void change(Http http) {
    Http.Answer answer =
        http.call(
            "POST",
            "/api/rollout/changes",
            "{\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":1,\"force\":true,"
                + "\"version\":%d,\"reason\":\"try\"}"
                    .formatted(http.get("/api/rollout").json().path("version").asLong()));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
  }

  private static JsonNode line(JsonNode past, String kind, String path) {
    return StreamSupport.stream(past.path("lines").spliterator(), false)
        .filter(line -> line.path("kind").asText().equals(kind))
        .filter(line -> line.path("path").asText().equals(path))
        .findFirst()
        .orElseThrow();
  }

  private static long sum(JsonNode past, String kind, String path, String figure) {
    return StreamSupport.stream(line(past, kind, path).path(figure).spliterator(), false)
        .mapToLong(JsonNode::asLong)
        .sum();
  }

  private static List<String> sorts(JsonNode past) {
    return past.path("marks").findValuesAsText("sort");
  }

  /** Nothing is said of the time in which no router was up: it is not a time without uploads. */
  private static void assertGap(JsonNode past) {
    StringBuilder routers = new StringBuilder();
    for (int slice = 0; slice < past.path("at").size(); slice++) {
      int counted = past.path("routers").path(slice).asInt();
      routers.append(counted);
      assertThat(line(past, "health", "legacy").path("accepted").path(slice).isNull())
          .isEqualTo(counted == 0);
      assertThat(line(past, "event", "stream").path("waiting").path(slice).isNull() || counted > 0)
          .isTrue();
    }
    assertThat(routers.toString()).matches("0+1+0+1+");
  }

  private static void assertMarked(JsonNode past) {
    assertThat(sorts(past))
        .containsSubsequence("STARTED", "REDIS_AWAY", "CHANGE", "ROLLBACK", "STOPPED", "STARTED")
        .doesNotContain("SILENT", "DEPLOYED", "CONTROL_AWAY");
    for (JsonNode mark : past.path("marks")) {
      assertThat(Instant.parse(mark.path("at").asText())).isBefore(Instant.now());
      assertThat(mark.path("message").asText()).isNotEmpty().doesNotContain("%s");
      if (mark.path("sort").asText().equals("REDIS_AWAY")) {
        assertThat(Instant.parse(mark.path("until").asText()))
            .isAfter(Instant.parse(mark.path("at").asText()));
        assertThat(mark.path("lasts").asBoolean()).isFalse();
      }
      if (mark.path("sort").asText().equals("CHANGE") && !mark.path("kinds").isEmpty()) {
        assertThat(mark.path("page").asText()).matches("/console/audit/\\d+");
      }
    }
  }
}
