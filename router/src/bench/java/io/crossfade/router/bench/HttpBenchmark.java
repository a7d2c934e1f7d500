package io.crossfade.router.bench;

import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.time.Duration;
import java.util.List;

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
      List.of(limit, ours, template).forEach(client -> client.run(Duration.ofSeconds(9)));
      LibraryClient limitByLibrary = library(servers, "/bench/stream-through");
      LibraryClient oursByLibrary = library(servers, UploadServlet.path(Kind.HEALTH, true));
      limitByLibrary.run(Duration.ofSeconds(5));
      oursByLibrary.run(Duration.ofSeconds(5));
      Series series =
          new Series("uploads/s")
              .with(LIMIT, () -> measure(servers, limit))
              .with(OURS, () -> measure(servers, ours))
              .with(LIMIT_BY_LIBRARY, () -> measure(servers, limitByLibrary))
              .with(OURS_BY_LIBRARY, () -> measure(servers, oursByLibrary))
              .with(TEMPLATE, () -> measure(servers, template))
              .run(Integer.getInteger("crossfade.bench.rounds", 5))
              .ratio(OURS, LIMIT, 0.55)
              .ratio(OURS_BY_LIBRARY, LIMIT_BY_LIBRARY, 0.55)
              .ratio(OURS, TEMPLATE, 1.15);
      double rate = series.median(OURS) * 0.7;
      LoadClient.Result paced = ours.run(Duration.ofSeconds(15), rate);
      System.out.printf(
          "  at 70 %% (%,.0f/s): p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, %d errors (bar: p99 < 30 ms)%n",
          rate, paced.p50Millis(), paced.p95Millis(), paced.p99Millis(), paced.errors());
    }
  }

  private static LoadClient client(BenchServers servers, String path) {
    return new LoadClient(servers.port(), new Uploads(path, 1), CONNECTIONS);
  }

  private static LibraryClient library(BenchServers servers, String path) {
    return new LibraryClient(servers.port(), path, CONNECTIONS, LoadClient.NUMBERS);
  }

  private static double measure(BenchServers servers, LibraryClient client) {
    servers.flushRedis();
    return client.run(ROUND);
  }

  private static double measure(BenchServers servers, LoadClient client) {
    servers.flushRedis();
    LoadClient.Result result = client.run(ROUND);
    if (result.errors() > 0) {
      throw new IllegalStateException(result.errors() + " uploads failed");
    }
    return result.perSecond();
  }
}
