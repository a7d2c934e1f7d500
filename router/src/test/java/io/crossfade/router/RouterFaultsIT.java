package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CutLink;
import io.crossfade.db.Kind;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.TableResult;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.stream.StreamHealth;
import io.crossfade.stream.TestRedis;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/** What a router does while a server is away, and afterwards. */
class RouterFaultsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private CutLink database;
  private TestRedis redis;
  private ConfigurableApplicationContext router;
  private Http http;

  @BeforeEach
  void start() {
    database = new CutLink(TestDatabase.port());
    redis = new TestRedis();
    router =
        TestRouterApplication.start(
            TestDatabase.newSchemasBehind(database),
            redis.port(),
            List.of("--server.port=0", "--management.server.port=0"));
    http = Http.of(router);
  }

  @AfterEach
  void stop() throws Exception {
    database.mend();
    IdleBudget.closeOnceIdle(router);
    redis.close();
    database.close();
  }

  @Test
  void streamAcceptsWhileTheDatabaseIsAwayAndEveryRowArrivesAfterwards() {
    http.post("/upload_health_data_v2", Http.health("DBAWAY", 0));
    awaitRows("streamDataSource", "DBAWAY", 1);
    database.cut();
    for (int second = 1; second <= 300; second++) {
      assertThat(http.post("/upload_health_data_v2", Http.health("DBAWAY", second)).status())
          .isEqualTo(200);
    }
    database.mend();
    awaitRows("streamDataSource", "DBAWAY", 301);
    awaitRows("legacyDataSource", "DBAWAY", 301);
  }

  /**
   * Invariant 3: the mirror runs although the serving path refuses, and changes nothing about it.
   */
  @Test
  void fullMemoryQueueIsA503WithRetryAfterAndTheMirrorStillRuns() throws Exception {
    database.cut();
    assertThat(http.post("/upload_health_data", many("FULL", 0, 5_000)).status()).isEqualTo(200);
    Http.Answer full = http.post("/upload_health_data", Http.health("FULL", 5_000));
    assertThat(full.status()).isEqualTo(503);
    assertThat(full.json().path("message").asText()).isEqualTo("处理队列已满，请稍后重试");
    assertThat(full.raw().headers().firstValue("Retry-After")).isPresent();

    http.awaitAlert("QUEUE_FILLING", "100 % full");
    JsonNode queue = http.get("/api/overview").json().at("/kinds/0/queue");
    assertThat(queue.path("held").asInt()).isEqualTo(5_000);
    assertThat(queue.path("capacity").asInt()).isEqualTo(5_000);
    assertThat(queue.path("oldestMillis").asLong()).isPositive();

    database.mend();
    awaitRows("legacyDataSource", "FULL", 5_000);
    http.awaitNoAlert("QUEUE_FILLING");
    awaitRows("streamDataSource", "FULL", 5_001);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(health().explained())
                    .as("a full old path is no fault of the new one")
                    .containsExactlyEntriesOf(Map.of(Explanation.REFUSED, 1L)));
    assertThat(http.post("/upload_health_data", Http.health("FULL", 5_000)).status())
        .isEqualTo(200);
    awaitRows("legacyDataSource", "FULL", 5_001);
    assertThat(health().differing()).as("the device sent it again").isZero();
  }

  @Test
  void unreadableItemIsNotForgottenWhileTheDatabaseIsAway() {
    String mixed =
        "{\"data\":[{\"deviceSn\":\"MIXED\",\"timestamp\":1757808900},{\"lost\":\"no\"}]}";
    database.cut();
    assertThat(http.post("/upload_health_data", mixed).status()).isEqualTo(503);
    database.mend();
    await().atMost(PATIENCE).until(() -> http.post("/upload_health_data", mixed).status() == 200);
    assertThat(
            TestOutputs.number(
                router.getBean("controlDataSource", DataSource.class),
                "SELECT COUNT(*) FROM dead_letter WHERE body = '{\"data\":{\"lost\":\"no\"}}'"))
        .isEqualTo(1);
    awaitRows("streamDataSource", "MIXED", 1);
  }

  /**
   * Invariants 3 and 8: v1 does not notice, v2 falls back under the same id, and the stream comes
   * back.
   */
  @Test
  void redisThatIsKilledCostsNoUpload() {
    http.post("/upload_health_data_v2", Http.health("REDIS", 0));
    awaitRows("streamDataSource", "REDIS", 1);
    redis.kill();
    for (int second = 1; second <= 100; second++) {
      String path = second % 2 == 0 ? "/upload_health_data" : "/upload_health_data_v2";
      Http.Answer answer = http.post(path, Http.health("REDIS", second));
      assertThat(answer.status()).isEqualTo(200);
      if (second % 2 == 1) {
        assertThat(answer.json().path("status").asText()).isEqualTo("accepted");
        assertThat(answer.json().path("stream_id").isNull()).isTrue();
      }
    }
    assertThat(breaker().getState()).isNotEqualTo(CircuitBreaker.State.CLOSED);
    http.awaitAlert("REDIS_AWAY", "Redis does not answer");
    http.awaitAlert("BREAKER_OPEN", "The breaker is open");
    http.awaitAlert("FELL_BACK", " % of what was meant for the stream fell back");
    redis.start();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                http.post("/upload_health_data_v2", Http.health("BACK", 0))
                    .json()
                    .path("stream_id")
                    .isTextual());
    awaitRows("legacyDataSource", "REDIS", 101);
    assertThat(
            TestOutputs.number(
                router.getBean("legacyDataSource", DataSource.class),
                "SELECT COUNT(*) FROM t_user_health_data WHERE route_reason = 'STREAM_UNAVAILABLE'"
                    + " AND device_sn = 'REDIS'"))
        .isEqualTo(50);
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              http.post("/upload_health_data_v2", Http.health("PROBE", 0));
              return breaker().getState() == CircuitBreaker.State.CLOSED;
            });
    awaitRows("streamDataSource", "BACK", 1);
    http.awaitNoAlert("REDIS_AWAY", "BREAKER_OPEN");
  }

  /** Invariant 3: what is served by the stream finds the breaker as if there were no copies. */
  @Test
  void copiesNeitherCountInTheBreakerNorTakeItsProbes() {
    http.post("/upload_health_data", Http.health("COPIES", 0));
    awaitRows("streamDataSource", "COPIES", 1);
    assertThat(breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
    redis.kill();
    for (int second = 1; second <= 50; second++) {
      assertThat(http.post("/upload_health_data", Http.health("COPIES", second)).status())
          .isEqualTo(200);
    }
    assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    assertThat(breaker().getMetrics().getNumberOfBufferedCalls()).isZero();

    redis.start();
    breaker().transitionToOpenState();
    breaker().transitionToHalfOpenState();
    for (int second = 51; second <= 150; second++) {
      http.post("/upload_health_data", Http.health("COPIES", second));
    }
    assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.HALF_OPEN);
    assertThat(breaker().getMetrics().getNumberOfBufferedCalls()).isZero();
    assertThat(breaker().tryAcquirePermission()).as("every probe is left").isTrue();
    breaker().releasePermission();
    awaitRows("legacyDataSource", "COPIES", 151);
  }

  /** Also one that was away at the start, or another master. */
  @Test
  void redisThatComesBackAndWouldLoseEntriesIsNamed() {
    Logger preflight = (Logger) LoggerFactory.getLogger("io.crossfade.stream.RedisPreflight");
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    preflight.addAppender(said);
    try {
      redis.kill();
      redis.start("--maxmemory-policy", "allkeys-lru");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(List.copyOf(said.list))
                      .extracting(ILoggingEvent::getFormattedMessage)
                      .contains(
                          "Redis has maxmemory-policy allkeys-lru: a full Redis may drop whole"
                              + " streams; set it to noeviction"));
    } finally {
      preflight.detachAppender(said);
    }
  }

  @Test
  void healthOfTheStreamsIsAProblemDetailWhileRedisIsAway() {
    redis.kill();
    Http.Answer answer = http.get("/api/stream_stats");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:crossfade:problem:redis-away");
    redis.start();
    await().atMost(PATIENCE).until(() -> http.get("/api/stream_stats").status() == 200);
  }

  @Test
  void orderlyStopWritesEverythingThatWasAccepted() {
    assertThat(http.post("/upload_health_data", many("STOP", 0, 4_000)).status()).isEqualTo(200);
    LegacyPath legacy = router.getBean(LegacyPath.class);
    StreamHealth streams = router.getBean(StreamHealth.class);
    await().atMost(PATIENCE).until(streams::drained);
    String url = router.getEnvironment().getProperty("crossfade.db.legacy.url");
    router.close();
    assertThat(legacy.held(Kind.HEALTH)).isZero();
    assertThat(rowsAt(url, "STOP")).isEqualTo(4_000);
  }

  private static long rowsAt(String url, String device) {
    try (var connection = TestDatabase.admin();
        var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT COUNT(*) FROM %s.t_user_health_data WHERE device_sn = '%s'"
                    .formatted(url.replaceAll(".*/", ""), device))) {
      result.next();
      return result.getLong(1);
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private TableResult health() throws Exception {
    ComparisonWindow always =
        new ComparisonWindow(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
    return TestComparisons.drained(router, always).of(Kind.HEALTH).getFirst();
  }

  private CircuitBreaker breaker() {
    return router.getBean(CircuitBreakerRegistry.class).circuitBreaker("stream");
  }

  private void awaitRows(String output, String device, long rows) {
    DataSource source = router.getBean(output, DataSource.class);
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        TestOutputs.number(
                            source,
                            "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn = '"
                                + device
                                + "'"))
                    .isEqualTo(rows));
  }

  private static String many(String device, int from, int count) {
    return IntStream.range(from, from + count)
        .mapToObj(
            second ->
                "{\"id\":\"%s\",\"xlv\":1,\"timestamp\":%d}"
                    .formatted(device, 1_757_808_900 + second))
        .collect(Collectors.joining(",", "{\"data\":[", "]}"));
  }
}
