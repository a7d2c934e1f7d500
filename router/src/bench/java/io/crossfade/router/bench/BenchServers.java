package io.crossfade.router.bench;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.RouterProcess;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.stream.TestRedis;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.ArrayList;
import java.util.List;

/** Database and Redis of this JVM's own, and a router process in {@code -Xmx512m} beside them. */
final class BenchServers implements AutoCloseable {

  private final TestRedis redis = new TestRedis();
  private final RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", redis.port()));
  private final StatefulRedisConnection<String, String> connection = client.connect();
  private final DbSettings schemas = TestDatabase.newSchemas();
  private final RouterProcess router;

  /**
   * @param dualWrite whether the other path gets a copy of every upload
   */
  BenchServers(boolean dualWrite, String... arguments) {
    List<String> all =
        new ArrayList<>(TestRouterApplication.arguments(schemas, redis.port(), List.of(arguments)));
    all.removeIf(argument -> argument.startsWith("--crossfade.rollout.initial"));
    all.add("--crossfade.rollout.initial=" + (dualWrite ? "shadow" : "legacy"));
    router = new RouterProcess(BenchRouter.class, "-Xmx512m", all);
    router.awaitStart();
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
