package io.crossfade.router.bench;

import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Throttle;
import io.crossfade.router.intake.UploadServlet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * What the rolling comparison takes: the time for the last minute of 2,000 records a second, and
 * the throughput that uploads lose in a minute in which it runs.
 */
final class RollingBenchmark {

  private static final int RECORDS_PER_SECOND = 2_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int TIMES = 5;
  private static final String ALONE = "uploads alone";
  private static final String COMPARED = "uploads in a minute that is compared";

  private RollingBenchmark() {}

  static void run() throws Exception {
    try (BenchServers servers =
            new BenchServers(
                "--crossfade.rollout.initial=shadow", "--crossfade.rollout.compare-every=1d");
        TestOutputs outputs = new TestOutputs(servers.schemas())) {
      LoadClient client =
          new LoadClient(
              servers.port(), new Uploads(UploadServlet.path(Kind.HEALTH, false), 1), 64);
      client.run(Duration.ofSeconds(15));
      Instant begin = InstantSource.system().instant();
      client.run(MINUTE, RECORDS_PER_SECOND);
      Instant end = InstantSource.system().instant();
      drain(servers, outputs);
      for (int time = 0; time < TIMES; time++) {
        long started = System.nanoTime();
        ComparisonResult result = compare(outputs, begin, end);
        long millis = (System.nanoTime() - started) / 1_000_000;
        System.out.printf(
            "  %,d rows of %,d records/s in %,d ms, %d unexplained (bar 1,000 ms) %s%n",
            result.compared(Kind.HEALTH),
            RECORDS_PER_SECOND,
            millis,
            result.unexplained(Kind.HEALTH),
            millis <= 1_000 ? "met" : "MISSED");
      }
      new Series("uploads/s")
          .with(ALONE, () -> client.run(MINUTE).perSecond())
          .with(
              COMPARED,
              () -> {
                try (ExecutorService rolling = Executors.newSingleThreadExecutor()) {
                  Future<ComparisonResult> done =
                      rolling.submit(() -> compare(outputs, begin, end));
                  double rate = client.run(MINUTE).perSecond();
                  done.get();
                  return rate;
                }
              })
          .run(Integer.getInteger("crossfade.bench.rounds", 3))
          .ratio(COMPARED, ALONE, 0.95);
    }
  }

  private static ComparisonResult compare(TestOutputs outputs, Instant from, Instant to)
      throws Exception {
    return new Comparison(
            outputs.control(),
            outputs.legacy(),
            outputs.stream(),
            () -> Optional.of(Instant.MAX),
            Throttle.NONE,
            new ComparisonSettings(99.9, 100, Duration.ZERO, Duration.ZERO, Set.of(), 1_000),
            InstantSource.system(),
            InstanceName.unique())
        .run(ComparisonRequest.all(Origin.ON_DEMAND, new ComparisonWindow(from, to)));
  }

  /** Until the streams are empty and the memory queue has flushed. */
  private static void drain(BenchServers servers, TestOutputs outputs) {
    while (servers.backlog() > 0
        || TestOutputs.count(outputs.legacy(), Kind.HEALTH)
            != TestOutputs.count(outputs.stream(), Kind.HEALTH)) {
      LockSupport.parkNanos(100_000_000);
    }
  }
}
