package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.operator.ConsoleClient;
import io.crossfade.stream.TestRedis;
import java.net.URI;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What one router's overview says of the others. */
class OtherRoutersIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int VIEWERS = 40;

  private final DbSettings schemas = TestDatabase.newSchemas();
  private final String prefix = TestRedis.newPrefix();
  private final CutLink redis = new CutLink(TestRedis.sharedPort());

  @AfterEach
  void close() throws Exception {
    redis.close();
  }

  @Test
  void breakerOfAnotherIsSeenAndOneThatDiedIsForgottenByAPersonAlone() throws Exception {
    try (RouterProcess one = router(TestRedis.sharedPort())) {
      String name = nameOfAnother(one.http(), "");
      try (RouterProcess other = router(redis.port())) {
        breakerOfAnotherIsSeenAndOneThatDied(one, name, other);
      }
    }
  }

  private void breakerOfAnotherIsSeenAndOneThatDied(
      RouterProcess one, String name, RouterProcess other) throws Exception {
    Http http = one.http();
    other.awaitStart();
    String others = nameOfAnother(http, name);
    http.awaitNoAlert("BREAKER_OPEN", "BREAKER_UNKNOWN", "ROUTER_SILENT");
    assertManyAskOnce(http);

    redis.cut();
    int[] second = {0};
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              upload(other.http(), second[0]++);
              assertThat(http.get("/api/rollout").json().path("breaker").asText())
                  .isEqualTo("CLOSED");
              assertThat(messages(http, "BREAKER_OPEN"))
                  .singleElement()
                  .asString()
                  .startsWith("The breaker is open on router " + others);
            });
    redis.mend();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              upload(other.http(), second[0]++);
              assertThat(messages(http, "BREAKER_OPEN")).isEmpty();
            });

    assertProblem(forget(http, others, "it was moved"), 409, "router-alive");
    other.kill();
    http.awaitAlert("ROUTER_SILENT", "Router " + others + " has said nothing for");
    JsonNode routers = http.get("/api/rollout/routers").json();
    assertThat(routers)
        .extracting(
            router -> router.path("instance").asText(),
            router -> router.path("silent").asBoolean(),
            router -> router.path("answers").asBoolean())
        .as("the silent one first: %s", routers)
        .containsExactly(tuple(others, true, false), tuple(name, false, true));
    assertThat(page(one, "viewer", "/console/routers"))
        .contains(others, "takes uploads")
        .doesNotContain("Forget this router", "??");
    assertThat(page(one, "operator", "/console/routers")).contains("Forget this router");
    assertThat(forget(http.as("viewer"), others, "I may not").status()).isEqualTo(403);
    assertProblem(forget(http, others, " "), 400, "reason-missing");
    assertProblem(forget(http, "nobody", "it was moved"), 404, "not-found");
    assertThat(rolloutPage(one, "viewer")).contains(others).doesNotContain("Forget this router");
    assertThat(rolloutPage(one, "operator")).contains(others).contains("Forget this router");

    assertThat(forget(http, others, "its machine was taken away").status()).isEqualTo(200);
    http.awaitNoAlert("ROUTER_SILENT");
    JsonNode forgotten = http.get("/api/rollout/routers/forgotten").json();
    assertThat(forgotten).hasSize(1);
    assertThat(forgotten.path(0).path("instance").asText()).isEqualTo(others);
    assertThat(forgotten.path(0).path("actor").asText()).isEqualTo("operator");
    assertThat(forgotten.path(0).path("reason").asText()).isEqualTo("its machine was taken away");
    assertThat(http.get("/api/audit?action=router-forgotten").json().at("/0/object").asText())
        .isEqualTo(others);
    assertThat(rolloutPage(one, "viewer"))
        .contains("Routers that were forgotten", "its machine was taken away");
    assertProblem(forget(http, name, "not this one"), 409, "router-alive");

    reportedByAReleaseThatDoesNotSay();
    assertThat(page(one, "viewer", "/console/routers")).contains("of-old").doesNotContain("??");
    http.awaitAlert("BREAKER_UNKNOWN", "Router of-old does not say how its breaker");
    assertThat(messages(http, "BREAKER_OPEN")).as("not known is not open").isEmpty();
  }

  /** Who looks at once is told what was asked once. */
  private static void assertManyAskOnce(Http http) throws Exception {
    long begun = System.nanoTime();
    Set<String> moments = new TreeSet<>();
    try (ExecutorService viewers = Executors.newFixedThreadPool(VIEWERS)) {
      List<Future<String>> answers = new ArrayList<>();
      for (int viewer = 0; viewer < VIEWERS; viewer++) {
        answers.add(viewers.submit(() -> http.get("/api/overview").json().path("at").asText()));
      }
      for (Future<String> answer : answers) {
        moments.add(answer.get());
      }
    }
    long seconds = Duration.ofNanos(System.nanoTime() - begun).toSeconds();
    assertThat(moments).hasSizeLessThanOrEqualTo((int) seconds + 2);
  }

  private RouterProcess router(int redisPort) {
    return new RouterProcess(
        RouterApplication.class, RouterProcess.arguments(schemas, redisPort, prefix));
  }

  private static void upload(Http http, int second) {
    assertThat(http.post("/upload_health_data_v2", Http.health("OTHERS", second)).status())
        .isEqualTo(200);
  }

  private static Http.Answer forget(Http http, String instance, String reason) {
    return http.call(
        "POST",
        "/api/rollout/routers/forgotten",
        "{\"instance\":\"%s\",\"reason\":\"%s\"}".formatted(instance, reason));
  }

  private static void assertProblem(Http.Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    assertThat(answer.json().path("type").asText()).endsWith(":" + type);
  }

  private static List<String> messages(Http http, String condition) {
    List<String> messages = new ArrayList<>();
    for (JsonNode alert : http.get("/api/overview").json().path("alerts")) {
      if (alert.path("condition").asText().equals(condition)) {
        messages.add(alert.path("message").asText());
      }
    }
    return messages;
  }

  private static String nameOfAnother(Http http, String name) {
    return await()
        .atMost(PATIENCE)
        .until(
            () ->
                http
                    .get("/api/rollout")
                    .json()
                    .path("routers")
                    .findValuesAsText("instance")
                    .stream()
                    .filter(other -> !other.equals(name))
                    .findFirst()
                    .orElse(""),
            other -> !other.isEmpty());
  }

  private static String rolloutPage(RouterProcess router, String user) throws Exception {
    return page(router, user, "/console/rollout");
  }

  private static String page(RouterProcess router, String user, String path) throws Exception {
    try (ConsoleClient console =
        new ConsoleClient(URI.create("http://127.0.0.1:" + router.port()))) {
      console.logIn(user);
      return console.page(path + "?lang=en");
    }
  }

  /** As one does that has not the columns: it names the others. */
  private void reportedByAReleaseThatDoesNotSay() throws Exception {
    try (Connection admin = TestDatabase.admin()) {
      admin
          .createStatement()
          .execute(
              ("REPLACE INTO %s.router_instance (instance, seen_at, version, held_health,"
                      + " held_device, held_event, held_others) VALUES ('of-old',"
                      + " UTC_TIMESTAMP(3) + INTERVAL 1 HOUR, 1, 0, 0, 0, 0)")
                  .formatted(TestDatabase.nameOf(schemas.control())));
    }
  }
}
