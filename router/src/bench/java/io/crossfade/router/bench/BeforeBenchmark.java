package io.crossfade.router.bench;

import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.time.Duration;

/**
 * This code beside code of another day, in turn: the class path of a router built from another
 * checkout, its benchmarks included, is in {@code crossfade.bench.before}.
 */
final class BeforeBenchmark {

  /** A class path. */
  static final String BEFORE = "crossfade.bench.before";

  private static final Duration ROUND = Duration.ofSeconds(6);
  private static final int LIST = 100;
  private static final double BAR = 0.97;

  private BeforeBenchmark() {}

  static void run() throws Exception {
    if (System.getProperty(BEFORE) == null) {
      System.out.println("  nothing to compare with: " + BEFORE + " is not set");
      return;
    }
    answers();
    rows();
  }

  /** Reading, routing, encoding and a confirmed append. */
  private static void answers() throws Exception {
    String what = "append confirmed, one record an upload";
    // What is flushed between two rounds is not to be looked for meanwhile.
    String[] arguments = {"--crossfade.stream.consume=false", "--crossfade.accounting.every=1h"};
    try (BenchServers now = new BenchServers(arguments);
        BenchServers before = BenchServers.before(arguments)) {
      warmUp(now, before, BeforeBenchmark::uploads);
      compare(what, "uploads/s", now, before, BeforeBenchmark::uploads);
    }
  }

  /** Everything from the upload to the committed row. */
  private static void rows() throws Exception {
    try (BenchServers now = new BenchServers();
        BenchServers before = BenchServers.before()) {
      warmUp(now, before, BeforeBenchmark::rows);
      compare("rows by the stream, lists of 100", "rows/s", now, before, BeforeBenchmark::rows);
    }
  }

  /** What a router did in a second. */
  private interface Measurement {
    double of(BenchServers servers);
  }

  private static void warmUp(BenchServers now, BenchServers before, Measurement measurement) {
    now.warmUp(() -> measurement.of(now));
    before.warmUp(() -> measurement.of(before));
  }

  private static void compare(
      String what, String unit, BenchServers now, BenchServers before, Measurement measurement)
      throws Exception {
    String other = what + ", before";
    new Series(unit)
        .with(what, () -> measurement.of(now))
        .with(other, () -> measurement.of(before))
        .run(Integer.getInteger("crossfade.bench.rounds", 9))
        .ratio(what, other, BAR);
  }

  private static double uploads(BenchServers servers) {
    servers.flushRedis();
    return new LoadClient(servers.port(), new Uploads(UploadServlet.path(Kind.HEALTH, true), 1), 64)
        .perSecond(ROUND);
  }

  private static double rows(BenchServers servers) {
    LoadClient client =
        new LoadClient(
            servers.port(), new Uploads(UploadServlet.path(Kind.HEALTH, true), LIST), 16);
    long begin = System.nanoTime();
    double accepted = client.run(ROUND).perSecond() * LIST * ROUND.toSeconds();
    servers.awaitDrained();
    return accepted / ((System.nanoTime() - begin) / 1e9);
  }
}
