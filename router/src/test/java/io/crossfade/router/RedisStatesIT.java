package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.CutLink;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.stream.StreamHealth;
import io.crossfade.stream.TestRedis;
import io.lettuce.core.AclSetuserArgs;
import io.lettuce.core.KillArgs;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.protocol.CommandType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * States in which a Redis keeps its connections and is of no use on them, one after the other and
 * to one router, which is not started again: the memory queue takes over, nothing is lost, and the
 * stream comes back by itself. Others are in {@link StreamFaultsIT}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisStatesIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int UPLOADS = 30;
  private static final String USER = "crossfade";
  private static final String[] WITH_USER = {
    "--user", USER, "on", ">before", "~*", "resetchannels", "+@all"
  };

  private final TestRedis redis = new TestRedis(WITH_USER);

  /** A node of a cluster that has lost the others: it serves no slot. */
  private final TestRedis node = TestRedis.loneNode(WITH_USER);

  private final CutLink link = new CutLink(redis.port());
  private ConfigurableApplicationContext router;
  private Http http;

  /** A state by what Redis says in it. */
  enum State {
    /** A replica that may not serve old data, and whose primary died. */
    MASTERDOWN("MASTERDOWN"),
    /** A primary that lost its replicas and may not go on without. */
    NOREPLICAS("NOREPLICAS"),
    /** Rights were taken, by mistake, of connections that are open. */
    NOPERM("NOPERM"),
    /** The password was changed and connections were closed; then the old one is good, too. */
    ROTATED("WRONGPASS"),
    /** The name led to a node of a broken cluster, which stays so and keeps its connections. */
    CLUSTERDOWN("CLUSTERDOWN"),
    /** Packets vanish, also those of new connections, and nobody is told. */
    SWALLOWED("timed out");

    private final String says;

    State(String says) {
      this.says = says;
    }
  }

  @BeforeAll
  void start() {
    router =
        TestRouterApplication.start(
            TestDatabase.newSchemas(),
            link.port(),
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--spring.data.redis.username=" + USER,
                "--spring.data.redis.password=before",
                // Tests have a pool of connections on their class path, which gives broken ones
                // again.
                "--spring.data.redis.lettuce.pool.enabled=false",
                "--crossfade.stream.append-timeout=300ms"));
    http = Http.of(router);
  }

  @AfterAll
  void stop() throws Exception {
    IdleBudget.closeOnceIdle(router);
    link.close();
    redis.close();
    node.close();
  }

  @ParameterizedTest
  @EnumSource
  void queueTakesOverAndTheStreamComesBack(State state) {
    AtomicInteger second = new AtomicInteger();
    AtomicInteger streamed = new AtomicInteger();
    awaitStream(state, second, streamed);
    // What waits in a stream that nobody may read would only be written afterwards.
    await().atMost(PATIENCE).until(router.getBean(StreamHealth.class)::drained);

    begin(state);
    assertThat(refusal()).as("it is in this state").contains(state.says);
    for (int i = 0; i < UPLOADS; i++) {
      Http.Answer answer = upload(state, second);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().path("stream_id").isNull()).as("taken by the queue").isTrue();
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(rows("legacy", state)).isEqualTo(second.get()));

    end(state);
    long ended = System.nanoTime();
    awaitStream(state, second, streamed);
    System.out.printf(
        "%s: the stream is used again after %d ms%n",
        state, Duration.ofNanos(System.nanoTime() - ended).toMillis());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(rows("legacy", state)).as("once each").isEqualTo(second.get());
              assertThat(rows("stream", state)).isGreaterThanOrEqualTo(streamed.get());
            });
    Http.ofManagement(router).awaitUp();
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(RedisException.class)
        .until(router.getBean(StreamHealth.class)::drained);
  }

  private void begin(State state) {
    switch (state) {
      case MASTERDOWN ->
          redis.command(
              admin -> {
                // Else it would say READONLY to whoever writes.
                admin.configSet("replica-read-only", "no");
                admin.configSet("replica-serve-stale-data", "no");
                admin.replicaof("127.0.0.1", 1);
              });
      case NOREPLICAS -> redis.command(admin -> admin.configSet("min-replicas-to-write", "1"));
      case NOPERM ->
          redis.command(
              admin ->
                  admin.aclSetuser(USER, AclSetuserArgs.Builder.removeCommand(CommandType.XADD)));
      case ROTATED ->
          redis.command(
              admin -> {
                admin.aclSetuser(USER, AclSetuserArgs.Builder.resetpass().addPassword("after"));
                admin.clientKill(KillArgs.Builder.user(USER));
              });
      case CLUSTERDOWN -> {
        link.cut();
        link.redirect(node.port());
        link.mend();
      }
      case SWALLOWED -> link.swallow();
    }
  }

  private void end(State state) {
    switch (state) {
      case MASTERDOWN -> redis.command(admin -> admin.replicaofNoOne());
      case NOREPLICAS -> redis.command(admin -> admin.configSet("min-replicas-to-write", "0"));
      case NOPERM ->
          redis.command(admin -> admin.aclSetuser(USER, AclSetuserArgs.Builder.allCommands()));
      case ROTATED ->
          redis.command(
              admin -> admin.aclSetuser(USER, AclSetuserArgs.Builder.addPassword("before")));
      case CLUSTERDOWN -> link.redirect(redis.port());
      case SWALLOWED -> link.flow();
    }
  }

  /** What somebody is told who appends as the router does. */
  private String refusal() {
    RedisURI uri =
        RedisURI.builder()
            .withHost("127.0.0.1")
            .withPort(link.port())
            .withAuthentication(USER, "before".toCharArray())
            .withTimeout(Duration.ofSeconds(5))
            .build();
    try (RedisClient client = RedisClient.create(uri);
        StatefulRedisConnection<String, String> connection = client.connect()) {
      connection.sync().xadd("probe", Map.of("a", "b"));
      return "taken";
    } catch (RedisException e) {
      return e.getMessage() + (e.getCause() == null ? "" : " " + e.getCause().getMessage());
    }
  }

  /** Until the breaker is closed again, too: each upload is served by the stream then. */
  private void awaitStream(State state, AtomicInteger second, AtomicInteger streamed) {
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Http.Answer answer = upload(state, second);
              assertThat(answer.status()).isEqualTo(200);
              boolean taken = answer.json().path("stream_id").isTextual();
              streamed.addAndGet(taken ? 1 : 0);
              return taken
                  && "CLOSED".equals(http.get("/api/rollout").json().path("breaker").asText());
            });
  }

  private Http.Answer upload(State state, AtomicInteger second) {
    return http.post("/upload_health_data_v2", Http.health(state.name(), second.getAndIncrement()));
  }

  private long rows(String output, State state) {
    return TestOutputs.number(
        router.getBean(output + "DataSource", DataSource.class),
        "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn = '" + state + "'");
  }
}
