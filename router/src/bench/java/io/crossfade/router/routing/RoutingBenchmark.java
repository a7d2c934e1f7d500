package io.crossfade.router.routing;

import io.crossfade.db.HealthData;
import io.crossfade.router.bench.BenchRecords;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.KindFlags;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** What deciding on a record's way costs in a canary with lists: flags, cohort, breaker, policy. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RoutingBenchmark {

  private static final int RECORDS = 1_024;

  private final List<HealthData> records = BenchRecords.plain(RECORDS, 0);
  private final CircuitBreaker breaker = CircuitBreaker.ofDefaults("bench");
  private final KindFlags flags =
      new KindFlags(new Cohort(2_500, Set.of("A", "B"), Set.of("C"), Set.of(1L), Set.of(2L)), true);
  private int next;

  @Benchmark
  public Object decide() {
    HealthData upload = records.get(next++ & (RECORDS - 1));
    return RoutingPolicy.decide(
        flags.assignment(upload, false), false, breaker.getState() != CircuitBreaker.State.OPEN);
  }

  public static void run() throws RunnerException {
    var result =
        new Runner(
                new OptionsBuilder()
                    .include(RoutingBenchmark.class.getSimpleName())
                    .addProfiler(GCProfiler.class)
                    .forks(1)
                    .warmupIterations(3)
                    .warmupTime(TimeValue.seconds(2))
                    .measurementIterations(5)
                    .measurementTime(TimeValue.seconds(2))
                    .build())
            .runSingle();
    double nanos = result.getPrimaryResult().getScore();
    double bytes =
        Objects.requireNonNull(result.getSecondaryResults().get("gc.alloc.rate.norm")).getScore();
    System.out.printf(
        "  routing decision: %.0f ns, %.0f bytes allocated (bar: under 1,000 ns) %s%n",
        nanos, bytes, nanos < 1_000 ? "met" : "MISSED");
  }
}
