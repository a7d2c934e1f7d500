package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.Kind;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.TableResult;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.router.Http;
import io.crossfade.router.TestComparisons;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.stream.TestRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Two routers, one of which cannot read what the other switches. */
class StaleFlagsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** What the flags' history allows for, and a little. */
  private static final Duration LONG_AFTER = Duration.ofMillis(2_500);

  private final String prefix = TestRedis.newPrefix();
  private CutLink link;
  private ConfigurableApplicationContext deaf;
  private ConfigurableApplicationContext other;

  @BeforeEach
  void start() {
    link = new CutLink(TestDatabase.port());
    DbSettings schemas = TestDatabase.newSchemasBehind(link);
    deaf = router(schemas, List.of());
    other =
        router(
            schemas,
            List.of(
                "--crossfade.db.control.url=" + direct(schemas.control()),
                "--crossfade.db.legacy.url=" + direct(schemas.legacy()),
                "--crossfade.db.stream.url=" + direct(schemas.stream())));
  }

  @AfterEach
  void stop() throws Exception {
    link.mend();
    deaf.close();
    other.close();
    link.close();
  }

  @Test
  void recordOfARouterThatDoesNotKnowThatDualWriteIsOnIsNoUnexplainedDifference() throws Exception {
    Http http = Http.of(deaf);
    assertThat(http.post("/upload_health_data", Http.health("DEAF", 0)).status()).isEqualTo(200);
    link.cut();
    switchTo("shadow");
    awaitLongAfter();
    assertThat(stage(http)).isEqualTo("legacy");
    assertThat(http.post("/upload_health_data", Http.health("DEAF", 1)).status()).isEqualTo(200);
    // Nor that clients of v2 endpoints are not heeded any longer.
    rollBackTo("shadow");
    awaitLongAfter();
    assertThat(http.post("/upload_health_data_v2", Http.health("DEAF", 3)).status()).isEqualTo(200);
    link.mend();
    await().atMost(PATIENCE).until(() -> stage(http).equals("shadow"));
    awaitLongAfter();
    assertThat(http.post("/upload_health_data", Http.health("DEAF", 2)).status()).isEqualTo(200);
    assertThat(http.post("/upload_health_data_v2", Http.health("DEAF", 4)).status()).isEqualTo(200);
    await().atMost(PATIENCE).ignoreExceptions().until(() -> TestComparisons.areDrained(deaf));

    ComparisonWindow always =
        new ComparisonWindow(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
    TableResult health = TestComparisons.drained(other, always).of(Kind.HEALTH).getFirst();
    assertThat(health.explained())
        .as("the first was not meant to be copied, the last were")
        .isEqualTo(Map.of(Explanation.MIRROR_DROPPED, 2L));
    assertThat(health.differing()).isEqualTo(2);
    DataSource stream = other.getBean("streamDataSource", DataSource.class);
    assertThat(
            TestOutputs.number(
                stream, "SELECT COUNT(*) FROM t_user_health_data WHERE route_reason = 'OPT_IN'"))
        .as("the one that it let choose while the opt-in was off")
        .isEqualTo(1);
  }

  private void switchTo(String stage) {
    Http http = Http.of(other);
    long version = http.get("/api/rollout").json().path("version").asLong();
    Http.Answer answer =
        http.call(
            "POST",
            "/api/rollout/changes",
            "{\"kind\":\"all\",\"stage\":\"%s\",\"force\":true,\"reason\":\"test\",\"version\":%d}"
                .formatted(stage, version));
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
  }

  private void rollBackTo(String stage) {
    Http.Answer answer =
        Http.of(other)
            .call(
                "POST",
                "/api/rollout/rollbacks",
                "{\"kind\":\"all\",\"to\":\"%s\",\"reason\":\"test\"}".formatted(stage));
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
  }

  private static void awaitLongAfter() {
    Instant then = Instant.now().plus(LONG_AFTER);
    await().atMost(PATIENCE).until(() -> Instant.now().isAfter(then));
  }

  private static String stage(Http http) {
    JsonNode kinds = http.get("/api/rollout").json().path("kinds");
    return kinds.path(0).path("stage").asText();
  }

  private String direct(DbSettings.Schema schema) {
    return schema.url().replace(":" + link.port(), ":" + TestDatabase.port());
  }

  private ConfigurableApplicationContext router(DbSettings schemas, List<String> more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--spring.main.banner-mode=off",
                "--crossfade.stream.key-prefix=" + prefix,
                "--crossfade.rollout.initial=legacy",
                "--crossfade.rollout.automatic-rollback="));
    arguments.addAll(more);
    return TestRouterApplication.start(schemas, TestRedis.sharedPort(), arguments);
  }
}
