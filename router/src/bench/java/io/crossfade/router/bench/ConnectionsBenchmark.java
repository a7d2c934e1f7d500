package io.crossfade.router.bench;

import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.time.Duration;

/**
 * 10,000 devices that stay connected, beside 64, at the same 1,000 uploads a second. Measured once each of the 10,000
 * has sent its first.
 */
final class ConnectionsBenchmark {

  private static final double RATE = 1_000;
  private static final int MANY = 10_000;
  private static final int FEW = 64;
  private static final double BAR = 3;
  private static final Duration FIRST_UPLOADS = Duration.ofSeconds(11);
  private static final Duration ROUND = Duration.ofSeconds(15);

  private ConnectionsBenchmark() {}

  static void run() {
    try (BenchServers servers = new BenchServers()) {
      Uploads uploads = new Uploads(UploadServlet.path(Kind.HEALTH, true), 1);
      LoadClient few = new LoadClient(servers.port(), uploads, FEW);
      LoadClient many = new LoadClient(servers.port(), uploads, MANY);
      servers.warmUp(() -> few.run(Duration.ofSeconds(10)));
      double[] ratios = new double[5];
      for (int round = 0; round < ratios.length; round++) {
        LoadClient.Result one = few.run(FIRST_UPLOADS, ROUND, RATE);
        LoadClient.Result other = many.run(FIRST_UPLOADS, ROUND, RATE);
        ratios[round] = other.p99Millis() / one.p99Millis();
        System.out.printf(
            "  round %d  %d: %,.0f/s p99 %.1f ms, %d errors   %,d: %,.0f/s p99 %.1f ms, %d errors%n",
            round + 1,
            FEW,
            one.perSecond(),
            one.p99Millis(),
            one.errors(),
            MANY,
            other.perSecond(),
            other.p99Millis(),
            other.errors());
      }
      java.util.Arrays.sort(ratios);
      double median = ratios[ratios.length / 2];
      System.out.printf(
          "  RATIO    p99 of %,d / p99 of %d = %.2f (bar: at most %.2f) %s%n",
          MANY, FEW, median, BAR, median <= BAR ? "met" : "MISSED");
    }
  }
}
