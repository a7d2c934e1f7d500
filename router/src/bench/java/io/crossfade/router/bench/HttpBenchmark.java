package io.crossfade.router.bench;

import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.time.Duration;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** One record a request, 64 connections: what reading, normalising and a confirmed append cost. */
final class HttpBenchmark {

  private static final int CONNECTIONS = 64;
  private static final Duration ROUND = Duration.ofSeconds(8);
  private static final String LIMIT = "Tomcat streaming through";
  private static final String OURS = "crossfade, append confirmed";
  private static final String LIMIT_BY_LIBRARY = "Tomcat streaming through, JDK client";
  private static final String OURS_BY_LIBRARY = "crossfade, JDK client";
  private static final String TEMPLATE = "StringRedisTemplate per upload";

  private HttpBenchmark() {}

  static void run() throws Exception {
    try (BenchServers servers = new BenchServers("--crossfade.stream.consume=false")) {
      LoadClient limit = client(servers, "/bench/stream-through");
      LoadClient ours = client(servers, UploadServlet.path(Kind.HEALTH, true));
      LoadClient template = client(servers, "/bench/template");
      LibraryClient limitByLibrary = library(servers, "/bench/stream-through");
      LibraryClient oursByLibrary = library(servers, UploadServlet.path(Kind.HEALTH, true));
      servers.warmUp(
          () -> {
            List.of(limit, ours, template).forEach(client -> measure(servers, client::perSecond));
            List.of(limitByLibrary, oursByLibrary)
                .forEach(client -> measure(servers, client::perSecond));
          });
      Series series =
          new Series("uploads/s")
              .with(LIMIT, () -> measure(servers, limit::perSecond))
              .with(OURS, () -> measure(servers, ours::perSecond))
              .with(LIMIT_BY_LIBRARY, () -> measure(servers, limitByLibrary::perSecond))
              .with(OURS_BY_LIBRARY, () -> measure(servers, oursByLibrary::perSecond))
              .with(TEMPLATE, () -> measure(servers, template::perSecond))
              .run(Integer.getInteger("crossfade.bench.rounds", 5))
              .ratio(OURS, LIMIT, 0.55)
              .ratio(OURS_BY_LIBRARY, LIMIT_BY_LIBRARY, 0.55)
              .ratio(OURS, TEMPLATE, 1.15);
      pace(servers, ours, limit, series.median(OURS) * 0.7);
    }
  }

  /** How long an answer takes at 70 % of what the router can do, beside Tomcat alone at the same rate. */
  private static void pace(BenchServers servers, LoadClient ours, LoadClient limit, double rate)
      throws Exception {
    System.out.printf("at 70 %% (%,.0f/s)%n", rate);
    new Series("us, p99")
        .with(LIMIT, () -> paced(servers, limit, rate))
        .with(OURS, () -> paced(servers, ours, rate))
        .run(Integer.getInteger("crossfade.bench.rounds", 5))
        .atMost(OURS, 30_000);
  }

  private static double paced(BenchServers servers, LoadClient client, double rate) {
    servers.flushRedis();
    LoadClient.Result result = client.run(ROUND, rate);
    System.out.printf(
        "    (p50 %.1f ms, p95 %.1f ms, %d errors)%n",
        result.p50Millis(), result.p95Millis(), result.errors());
    return result.p99Millis() * 1_000;
  }

  private static LoadClient client(BenchServers servers, String path) {
    return new LoadClient(servers.port(), new Uploads(path, 1), CONNECTIONS);
  }

  private static LibraryClient library(BenchServers servers, String path) {
    return new LibraryClient(servers.port(), path, CONNECTIONS);
  }

  private static double measure(BenchServers servers, ToDoubleFunction<Duration> load) {
    servers.flushRedis();
    return load.applyAsDouble(ROUND);
  }
}
