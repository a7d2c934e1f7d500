package io.crossfade.router.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.operator.ConsoleClient;
import io.crossfade.stream.TestRedis;
import io.lettuce.core.Consumer;
import io.lettuce.core.XReadArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** The page of streams of a router that leaves consuming to workers. */
class StreamsPageIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String WORKER = "<b>a worker</b> that died";

  private TestRedis redis;
  private ConfigurableApplicationContext router;
  private Http http;
  private ConsoleClient console;

  @BeforeEach
  void start() throws Exception {
    redis = new TestRedis();
    router =
        TestRouterApplication.start(
            TestDatabase.newSchemas(),
            redis.port(),
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.stream.consume=false",
                "--crossfade.stream.retention=1s",
                "--crossfade.gates.backlog-age=1s",
                "--crossfade.gates.freshness=1s"));
    http = Http.of(router);
    console = ConsoleClient.of(router);
    console.logIn("viewer");
  }

  @AfterEach
  void stop() throws Exception {
    console.close();
    router.close();
    redis.close();
  }

  @Test
  void entryThatStaysPendingIsNamedWithItsConsumer() throws Exception {
    await("groups")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(console.page("/console/streams"))
                    .contains("health_data_stream", "Nobody has read it yet.")
                    .doesNotContain("holds up trimming.", "??"));
    assertThat(http.post("/upload_health_data_v2", Http.health("PENDING", 0)).status())
        .isEqualTo(200);
    String entry = readAndDie();
    await("it is older than the retention")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(console.page("/console/streams"))
                    .contains(
                        entry,
                        "Entry " + entry,
                        "&lt;b&gt;a worker&lt;/b&gt; that died",
                        "holds up trimming.")
                    .doesNotContain(WORKER, "??"));
    assertThat(console.page("/console/streams?lang=zh-CN"))
        .contains("条目 " + entry, "阻碍裁剪")
        .doesNotContain("??", "Holds up");

    JsonNode health = health();
    JsonNode member = health.path("members").path(0);
    assertThat(member.path("consumer").asText()).isEqualTo(WORKER);
    assertThat(member.path("pending").asInt()).isEqualTo(1);
    assertThat(member.path("oldest").path("entry").asText()).isEqualTo(entry);
    assertThat(member.path("oldest").path("deliveries").asInt()).isEqualTo(1);
    assertThat(member.path("oldest").path("holdsUpTrimming").asBoolean()).isTrue();

    http.awaitAlert("BACKLOG_OLD", "limit 1 s");
    http.awaitAlert("NOT_COMPARED", "limit 1 s");

    redis.kill();
    Http.Answer away = http.get("/api/streams");
    assertThat(away.status()).isEqualTo(503);
    assertThat(away.raw().body()).contains("redis-away");
    assertThat(console.get("/console/streams")).isEqualTo(503);
  }

  private JsonNode health() {
    for (JsonNode one : http.get("/api/streams").json()) {
      if (one.path("stats").path("stream").asText().endsWith("health_data_stream")) {
        return one;
      }
    }
    throw new AssertionError("no stream of health data");
  }

  /** The id of what was read. */
  @SuppressWarnings("unchecked")
  private String readAndDie() {
    String key = health().path("stats").path("stream").asText();
    List<String> ids = new ArrayList<>();
    redis.command(
        commands ->
            commands
                .xreadgroup(
                    Consumer.from("crossfade", WORKER),
                    XReadArgs.Builder.count(1),
                    XReadArgs.StreamOffset.lastConsumed(key))
                .forEach(message -> ids.add(message.getId())));
    assertThat(ids).hasSize(1);
    return ids.getFirst();
  }
}
