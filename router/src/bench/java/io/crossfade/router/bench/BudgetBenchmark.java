package io.crossfade.router.bench;

import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.time.Duration;

/**
 * What counting bytes from socket to row costs an upload: the same router with its budget, and with
 * one that refuses nothing and counts nothing, in turn.
 */
final class BudgetBenchmark {

  private static final int CONNECTIONS = 64;
  private static final Duration ROUND = Duration.ofSeconds(6);
  private static final String WITH = "with the budget";
  private static final String WITHOUT = "without";
  private static final String LISTS_WITH = "lists of 100, with the budget";
  private static final String LISTS_WITHOUT = "lists of 100, without";

  private BudgetBenchmark() {}

  static void run() throws Exception {
    try (BenchServers with = new BenchServers("--crossfade.stream.consume=false");
        BenchServers without =
            new BenchServers("--crossfade.stream.consume=false", "--bench.budget=off")) {
      for (BenchServers servers : new BenchServers[] {with, without}) {
        servers.warmUp(
            () -> {
              measure(servers, 1);
              measure(servers, 100);
            });
      }
      new Series("uploads/s")
          .with(WITH, () -> measure(with, 1))
          .with(WITHOUT, () -> measure(without, 1))
          .with(LISTS_WITH, () -> measure(with, 100))
          .with(LISTS_WITHOUT, () -> measure(without, 100))
          .run(Integer.getInteger("crossfade.bench.rounds", 9))
          .ratio(WITH, WITHOUT, 0.97)
          .ratio(LISTS_WITH, LISTS_WITHOUT, 0.97);
    }
  }

  private static double measure(BenchServers servers, int items) {
    servers.flushRedis();
    return new LoadClient(
            servers.port(), new Uploads(UploadServlet.path(Kind.HEALTH, true), items), CONNECTIONS)
        .perSecond(ROUND);
  }
}
