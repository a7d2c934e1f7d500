package io.crossfade.router.bench;

import io.crossfade.db.Kind;
import io.crossfade.router.intake.UploadServlet;
import java.time.Duration;

/** What the mirror costs: uploads to the legacy path with and without a copy to the stream. */
final class DualWriteBenchmark {

  private static final String ON = "dual write on";
  private static final String OFF = "dual write off";

  private DualWriteBenchmark() {}

  static void run() throws Exception {
    try (BenchServers with = new BenchServers(true);
        BenchServers without = new BenchServers(false)) {
      LoadClient on = client(with);
      LoadClient off = client(without);
      on.run(Duration.ofSeconds(25));
      off.run(Duration.ofSeconds(25));
      new Series("uploads/s")
          .with(ON, () -> on.run(Duration.ofSeconds(8)).perSecond())
          .with(OFF, () -> off.run(Duration.ofSeconds(8)).perSecond())
          .run(Integer.getInteger("crossfade.bench.rounds", 5))
          .ratio(ON, OFF, 0.65);
      with.router()
          .metrics()
          .lines()
          .filter(line -> line.startsWith("crossfade_router_mirror"))
          .forEach(line -> System.out.println("  " + line));
    }
  }

  private static LoadClient client(BenchServers servers) {
    return new LoadClient(
        servers.port(), new Uploads(UploadServlet.path(Kind.HEALTH, false), 1), 64);
  }
}
