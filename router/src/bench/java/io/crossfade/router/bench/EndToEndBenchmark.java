package io.crossfade.router.bench;

import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.io.IOException;
import java.time.Duration;

/** Everything at once for a minute: HTTP to committed row, one record a request and in lists of 100. */
final class EndToEndBenchmark {

  private static final String WRITTEN = "crossfade_stream_written_total";
  private static final String ACCEPT_TO_ROW = "crossfade_stream_accept_to_row_seconds";
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration RUN = Duration.ofSeconds(60);
  private static final Duration ROUND = Duration.ofSeconds(10);
  private static final String PACED = "accept to row at 70 %";
  private static final double BAR_SINGLE = 5_000;
  private static final double BAR_LISTS = 15_000;
  private static final int LIST = 100;

  private EndToEndBenchmark() {}

  static void run() throws Exception {
    try (BenchServers servers = new BenchServers()) {
      measure(servers, 1, 64, BAR_SINGLE);
      measure(servers, LIST, 16, BAR_LISTS);
      System.out.printf("  router's memory at most: %,d KiB in a heap of 512 MiB%n", servers.router().residentKib());
    }
  }

  private static void measure(BenchServers servers, int items, int connections, double bar)
      throws Exception {
    System.out.printf("%d record%s a request, %d connections%n", items, items == 1 ? "" : "s", connections);
    LoadClient client =
        new LoadClient(
            servers.port(), new Uploads(UploadServlet.path(Kind.HEALTH, true), items), connections);
    servers.warmUp(() -> client.run(WARM_UP));
    servers.awaitDrained();
    Full full = full(servers, client, RUN);
    System.out.printf(
        "  accepted %,.0f records/s, committed %,.0f rows/s, backlog at the end %,d (bar %,.0f) %s%n",
        full.accepted() * items, full.rows(), full.backlog(), bar, full.rows() >= bar ? "met" : "MISSED");
    new Series("ms, p95")
        .with(PACED, () -> paced(servers, client, items))
        .run(Integer.getInteger("crossfade.bench.rounds", 5))
        .atMost(PACED, 150);
  }

  /**
   * What a run as fast as answers come brought.
   *
   * @param accepted uploads a second
   * @param rows committed a second
   * @param backlog entries without a row right after it
   */
  private record Full(double accepted, double rows, long backlog) {}

  private static Full full(BenchServers servers, LoadClient client, Duration duration) {
    long begin = System.nanoTime();
    double before = servers.router().sum(WRITTEN);
    LoadClient.Result result = client.run(duration);
    double rows = (servers.router().sum(WRITTEN) - before) / ((System.nanoTime() - begin) / 1e9);
    long backlog = servers.backlog();
    if (result.errors() > 0) {
      System.out.printf("    (%d errors)%n", result.errors());
    }
    servers.awaitDrained();
    return new Full(result.perSecond(), rows, backlog);
  }

  /** At 70 % of what the machine could right before: it moves by half within minutes. */
  private static double paced(BenchServers servers, LoadClient client, int items) throws IOException {
    Full full = full(servers, client, ROUND);
    double rate = Math.min(full.accepted(), full.rows() / items) * 0.7;
    String before = servers.router().metrics();
    LoadClient.Result paced = client.run(ROUND, rate);
    servers.awaitDrained();
    String after = servers.router().metrics();
    System.out.printf(
        "    (at %,.0f records/s: accept to row p50 %.0f ms; answer p50 %.1f p99 %.1f ms, %d errors)%n",
        rate * items,
        Quantiles.between(before, after, ACCEPT_TO_ROW, 0.50),
        paced.p50Millis(),
        paced.p99Millis(),
        paced.errors());
    return Quantiles.between(before, after, ACCEPT_TO_ROW, 0.95);
  }
}
