package io.crossfade.router.bench;

import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/**
 * What the mirror costs: uploads to the legacy path, on one router, with and without a copy to the stream, loaded by
 * both clients. Nothing is compared meanwhile; {@link RollingBenchmark} says what that costs.
 */
final class DualWriteBenchmark {

  private static final String ON = "dual write on";
  private static final String OFF = "dual write off";
  private static final String ON_BY_LIBRARY = "dual write on, JDK client";
  private static final String OFF_BY_LIBRARY = "dual write off, JDK client";
  private static final int CONNECTIONS = 64;
  private static final Duration ROUND = Duration.ofSeconds(10);

  /** More than elsewhere: the ratio is near its bar, and a round moves by a quarter. */
  private static final int ROUNDS = 9;

  private final BenchServers servers;
  private final LoadClient client;
  private final LibraryClient library;

  private DualWriteBenchmark(BenchServers servers) {
    String path = UploadServlet.path(Kind.HEALTH, false);
    this.servers = servers;
    this.client = new LoadClient(servers.port(), new Uploads(path, 1), CONNECTIONS);
    this.library = new LibraryClient(servers.port(), path, CONNECTIONS);
  }

  static void run() throws Exception {
    try (BenchServers servers = new BenchServers("--crossfade.rollout.compare-every=1d")) {
      new DualWriteBenchmark(servers).compare();
    }
  }

  private void compare() throws Exception {
    servers.warmUp(
        () -> {
          measure("shadow", client::perSecond);
          measure("legacy", client::perSecond);
          measure("shadow", library::perSecond);
          measure("legacy", library::perSecond);
        });
    new Series("uploads/s")
        .with(ON, () -> measure("shadow", client::perSecond))
        .with(OFF, () -> measure("legacy", client::perSecond))
        .with(ON_BY_LIBRARY, () -> measure("shadow", library::perSecond))
        .with(OFF_BY_LIBRARY, () -> measure("legacy", library::perSecond))
        .run(Integer.getInteger("crossfade.bench.rounds", ROUNDS))
        .ratio(ON, OFF, 0.65)
        .ratio(ON_BY_LIBRARY, OFF_BY_LIBRARY, 0.65);
    servers
        .router()
        .metrics()
        .lines()
        .filter(line -> line.startsWith("crossfade_router_mirror"))
        .forEach(line -> System.out.println("  " + line));
  }

  private double measure(String stage, ToDoubleFunction<Duration> load) {
    servers.stage(stage);
    double perSecond = load.applyAsDouble(ROUND);
    System.out.printf("    (%s: %,d entries waiting at the end)%n", stage, servers.backlog());
    servers.awaitDrained();
    return perSecond;
  }
}
