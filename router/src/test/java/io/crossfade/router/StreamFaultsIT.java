package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.CutLink;
import io.crossfade.db.Kind;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.stream.StreamHealth;
import io.crossfade.stream.TestRedis;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Every way in which Redis refuses an append: the device gets its normal answer, the memory queue
 * takes over under the same id, and the stream comes back by itself.
 */
class StreamFaultsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int UPLOADS = 40;

  private final AtomicInteger second = new AtomicInteger();
  private TestRedis redis;
  private CutLink link;
  private CutLink database;
  private ConfigurableApplicationContext router;
  private Http http;

  @BeforeEach
  void start() {
    redis = new TestRedis();
    link = new CutLink(redis.port());
    database = new CutLink(TestDatabase.port());
    router =
        TestRouterApplication.start(
            TestDatabase.newSchemasBehind(database),
            link.port(),
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.stream.append-timeout=300ms"));
    http = Http.of(router);
    awaitStream();
  }

  @AfterEach
  void stop() throws Exception {
    database.mend();
    IdleBudget.closeOnceIdle(router);
    link.close();
    redis.close();
    database.close();
  }

  @Test
  void outOfMemory() {
    redis.command(admin -> admin.configSet("maxmemory", "1mb"));
    assertTheQueueTakesOver();
    redis.command(admin -> admin.configSet("maxmemory", "0"));
    assertTheStreamComesBack();
  }

  @Test
  void readOnlyReplica() {
    redis.command(admin -> admin.replicaof("127.0.0.1", 1));
    assertTheQueueTakesOver();
    redis.command(admin -> admin.replicaofNoOne());
    assertTheStreamComesBack();
  }

  @Test
  void passwordThatTheRouterDoesNotHave() {
    try (RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", redis.port()));
        StatefulRedisConnection<String, String> admin = client.connect()) {
      admin.sync().configSet("requirepass", "changed");
      admin.sync().clientKill(KillArgs.Builder.typeNormal().skipme());
      assertTheQueueTakesOver();
      admin.sync().configSet("requirepass", "");
    }
    assertTheStreamComesBack();
  }

  /** Invariant 8: an append that timed out may be in the stream all the same. */
  @Test
  void hangingServer() {
    redis.hang();
    assertTheQueueTakesOver();
    redis.goOn();
    assertTheStreamComesBack();
    StreamHealth streams = router.getBean(StreamHealth.class);
    await().atMost(PATIENCE).until(streams::drained);
    assertThat(rows("streamDataSource", "device_sn = 'FAULT'"))
        .as("ambiguous appends made at most one row each")
        .isLessThanOrEqualTo(second.get());
  }

  /** A host that vanished: nothing on its connections is answered any more, nor refused. */
  @Test
  void connectionsThatAnswerNothing() {
    link.mute();
    assertThat(upload().json().path("stream_id").isNull()).isTrue();
    assertTheStreamComesBack();
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(RedisException.class) // until questions have a new connection
        .until(router.getBean(StreamHealth.class)::drained);
  }

  @Test
  void serverThatIsLoading() {
    String items =
        IntStream.range(0, 4_000)
            .mapToObj(i -> "{\"id\":\"LOAD\",\"timestamp\":%d}".formatted(1_600_000_000 + i))
            .collect(Collectors.joining(",", "{\"data\":[", "]}"));
    assertThat(http.post("/upload_health_data_v2", items).status()).isEqualTo(200);
    redis.kill();
    redis.startSlowly(Duration.ofMillis(2));
    assertTheQueueTakesOver();
    assertTheStreamComesBack();
  }

  @Test
  void bothPathsFullIsA503WithRetryAfterAndNothingElseIs() {
    redis.kill();
    database.cut();
    int accepted = 0;
    Http.Answer answer = upload();
    while (answer.status() == 200) {
      accepted++;
      answer = http.post("/upload_health_data_v2", list(500));
    }
    assertThat(accepted).isGreaterThan(1);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.raw().headers().firstValue("Retry-After")).isPresent();
    redis.start();
    database.mend();
    await().atMost(PATIENCE).until(() -> upload().status() == 200);
  }

  private void assertTheQueueTakesOver() {
    int before = second.get();
    int taken = 0;
    for (int i = 0; i < UPLOADS; i++) {
      Http.Answer answer = upload();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().path("status").asText()).isEqualTo("accepted");
      taken += answer.json().path("stream_id").isNull() ? 1 : 0;
    }
    assertThat(taken).isEqualTo(UPLOADS);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        rows(
                            "legacyDataSource",
                            "route_reason = 'STREAM_UNAVAILABLE' AND device_sn = 'FAULT'"))
                    .isGreaterThanOrEqualTo(second.get() - before));
    assertThat(http.get("/api/rollout").json().at("/kinds/0/fallbackPercent").asDouble())
        .isPositive();
  }

  private void assertTheStreamComesBack() {
    awaitStream();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              upload();
              return "CLOSED".equals(http.get("/api/rollout").json().path("breaker").asText());
            });
    // A loop that failed meanwhile is well again with its next step.
    Http.ofManagement(router).awaitUp();
    await().atMost(PATIENCE).until(() -> router.getBean(LegacyPath.class).held(Kind.HEALTH) == 0);
    assertThat(rows("legacyDataSource", "device_sn = 'FAULT'"))
        .as("each upload once, served or mirrored")
        .isEqualTo(second.get());
  }

  private void awaitStream() {
    await().atMost(PATIENCE).until(() -> upload().json().path("stream_id").isTextual());
  }

  private Http.Answer upload() {
    return http.post("/upload_health_data_v2", Http.health("FAULT", second.getAndIncrement()));
  }

  private String list(int size) {
    return IntStream.range(0, size)
        .mapToObj(
            i ->
                "{\"id\":\"FULL\",\"timestamp\":%d}"
                    .formatted(1_600_000_000 + second.incrementAndGet()))
        .collect(Collectors.joining(",", "{\"data\":[", "]}"));
  }

  private long rows(String output, String condition) {
    return TestOutputs.number(
        router.getBean(output, DataSource.class),
        "SELECT COUNT(*) FROM t_user_health_data WHERE " + condition);
  }
}
