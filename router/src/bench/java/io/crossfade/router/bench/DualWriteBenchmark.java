package io.crossfade.router.bench;

import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.time.Duration;

/**
 * What the mirror costs: uploads to the legacy path, on one router, with and without a copy to the
 * stream. Nothing is compared meanwhile; {@link RollingBenchmark} says what that costs.
 */
final class DualWriteBenchmark {

  private static final String ON = "dual write on";
  private static final String OFF = "dual write off";
  private static final Duration ROUND = Duration.ofSeconds(10);

  /** More than elsewhere: the ratio is near its bar, and a round moves by a quarter. */
  private static final int ROUNDS = 9;

  private final BenchServers servers;
  private final LoadClient client;

  private DualWriteBenchmark(BenchServers servers) {
    this.servers = servers;
    this.client =
        new LoadClient(servers.port(), new Uploads(UploadServlet.path(Kind.HEALTH, false), 1), 64);
  }

  static void run() throws Exception {
    try (BenchServers servers = new BenchServers("--crossfade.rollout.compare-every=1d")) {
      new DualWriteBenchmark(servers).compare();
    }
  }

  private void compare() throws Exception {
    servers.warmUp(
        () -> {
          measure("shadow", ROUND);
          measure("legacy", ROUND);
        });
    new Series("uploads/s")
        .with(ON, () -> measure("shadow", ROUND))
        .with(OFF, () -> measure("legacy", ROUND))
        .run(Integer.getInteger("crossfade.bench.rounds", ROUNDS))
        .ratio(ON, OFF, 0.65);
    servers
        .router()
        .metrics()
        .lines()
        .filter(line -> line.startsWith("crossfade_router_mirror"))
        .forEach(line -> System.out.println("  " + line));
  }

  private double measure(String stage, Duration duration) {
    servers.stage(stage);
    LoadClient.Result result = client.run(duration);
    System.out.printf(
        "    (%s: %,d refused, %,d entries waiting at the end)%n",
        stage, result.errors(), servers.backlog());
    servers.awaitDrained();
    return result.perSecond();
  }
}
