package io.crossfade.router.bench;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.Http;
import io.crossfade.router.RouterProcess;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.stream.TestRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Database and Redis of this JVM's own, and a router process in a heap of 512 MiB beside them. */
final class BenchServers implements AutoCloseable {

  private static final String COMPILED = "jvm_compilation_time_ms_total";

  /** As README.md says. */
  private static final String ROUTER_JVM = "-Xms512m,-Xmx512m,-XX:-G1UseAdaptiveIHOP";

  private static final double COMPILER_IDLE = 0.05;
  private static final int MOST_WARM_UPS = 20;

  private final TestRedis redis = new TestRedis("--appendfsync", "everysec");
  private final RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", redis.port()));
  private final StatefulRedisConnection<String, String> connection = client.connect();
  private final DbSettings schemas = PlainLinks.to(TestDatabase.newSchemas());
  private final RouterProcess router;

  /**
   * All kinds are on the legacy path unless the arguments say otherwise; a client may ask for the
   * stream.
   */
  BenchServers(String... arguments) {
    this(System.getProperty("java.class.path"), arguments);
  }

  /** The same around a router of another day; see {@link BeforeBenchmark#BEFORE}. */
  static BenchServers before(String... arguments) {
    return new BenchServers(System.getProperty(BeforeBenchmark.BEFORE), arguments);
  }

  private BenchServers(String classPath, String... arguments) {
    keepFile(redis);
    List<String> more = new ArrayList<>(List.of("--crossfade.rollout.initial=legacy"));
    more.addAll(List.of(arguments));
    router =
        RouterProcess.of(
            classPath,
            BenchRouter.class,
            List.of(System.getProperty("crossfade.bench.router-jvm", ROUTER_JVM).split(",")),
            TestRouterApplication.arguments(schemas, redis.port(), more));
    router.awaitStart();
  }

  /**
   * Rewriting its file takes Redis a core for a while, on two cores that client and router share
   * with it.
   */
  static void keepFile(TestRedis redis) {
    redis.command(commands -> commands.configSet("auto-aof-rewrite-percentage", "0"));
  }

  /**
   * Repeats a load until the router's compiler is nearly idle: on two cores it competes with what
   * is to be measured, and for minutes, not for seconds.
   */
  void warmUp(Runnable load) {
    for (int turn = 0; turn < MOST_WARM_UPS; turn++) {
      long begin = System.nanoTime();
      double compiled = router.sum(COMPILED);
      load.run();
      double share = (router.sum(COMPILED) - compiled) / ((System.nanoTime() - begin) / 1e6);
      System.out.printf("    (warm-up: compiling %.0f %% of the time)%n", share * 100);
      if (share < COMPILER_IDLE) {
        return;
      }
    }
  }

  int port() {
    return router.port();
  }

  RouterProcess router() {
    return router;
  }

  DbSettings schemas() {
    return schemas;
  }

  /** Entries in the stream that nobody has acknowledged, as the router says. */
  long backlog() {
    long backlog = 0;
    for (var stats : router.http().get("/api/stream_stats").json()) {
      backlog += stats.path("pending").asLong() + stats.path("lag").asLong();
    }
    return backlog;
  }

  /** Records in the memory queues, and copies on their way to Redis. */
  private long held() {
    return (long) (router.sum("crossfade_legacy_held") + router.sum("crossfade_stream_in_flight"));
  }

  /** Waits until both paths have written what they accepted. */
  void awaitDrained() {
    while (held() + backlog() > 0) {
      LockSupport.parkNanos(100_000_000);
    }
  }

  /** Sees to it that health data is at a stage, as an operator would. */
  void stage(String stage) {
    Http http = router.http();
    if (http.get("/api/rollout/kinds/health").json().path("stage").asText().equals(stage)) {
      return;
    }
    long version = http.get("/api/rollout").json().path("version").asLong();
    Http.Answer answer =
        http.call(
            "POST",
            "/api/rollout/changes",
            "{\"kind\":\"health\",\"stage\":\"%s\",\"version\":%d,\"reason\":\"benchmark\"}"
                .formatted(stage, version));
    if (answer.status() != 200) {
      throw new IllegalStateException(answer.raw().body());
    }
  }

  void flushRedis() {
    connection.sync().flushall();
  }

  @Override
  public void close() {
    router.close();
    client.close();
    redis.close();
  }
}
