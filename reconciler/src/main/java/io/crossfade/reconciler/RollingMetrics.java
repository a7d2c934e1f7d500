package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Proof;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Publishes what the rolling comparison finds on this instance. */
public final class RollingMetrics {

  private static final List<String> PLANT_OUTCOMES = List.of("found", "missed", "invented");
  private static final List<String> PROOF_OUTCOMES = List.of("full", "broken", "bare");

  private final MeterRegistry meters;
  private final InstantSource clock;
  private final Map<Kind, Double> consistency = new ConcurrentHashMap<>(new TreeMap<>());
  private volatile @Nullable Instant comparedUntil;

  public RollingMetrics(MeterRegistry meters, InstantSource clock) {
    this.meters = meters;
    this.clock = clock;
    Gauge.builder(ReconcilerMeter.COMPARED_AGE.id(), this::age)
        .description(ReconcilerMeter.COMPARED_AGE.description())
        .baseUnit("seconds")
        .register(meters);
    // An alert on an increase needs a series that was there before.
    for (Kind kind : Kind.values()) {
      Gauge.builder(
              ReconcilerMeter.CONSISTENCY.id(), () -> consistency.getOrDefault(kind, Double.NaN))
          .description(ReconcilerMeter.CONSISTENCY.description())
          .tag("kind", kind.label())
          .register(meters);
      count(ReconcilerMeter.COMPARED, kind, 0);
      count(ReconcilerMeter.UNEXPLAINED, kind, 0);
      count(ReconcilerMeter.LATE, kind, 0);
      for (DifferenceClass difference : DifferenceClass.values()) {
        count(kind, difference, 0);
      }
      for (String outcome : PLANT_OUTCOMES) {
        count(ReconcilerMeter.PLANTS, kind, outcome, 0);
      }
      for (String outcome : PROOF_OUTCOMES) {
        count(ReconcilerMeter.PROOFS, kind, outcome, 0);
      }
    }
  }

  /** Counts a rolling run. */
  public void record(ComparisonResult result) {
    comparedUntil = result.window().to();
    meters
        .timer(ReconcilerMeter.COMPARISON.id())
        .record(Duration.between(result.startedAt(), result.finishedAt()));
    result
        .figures()
        .forEach(
            (kind, figures) -> {
              long compared = result.compared(kind);
              long unexplained = result.unexplained(kind);
              count(ReconcilerMeter.COMPARED, kind, compared);
              count(ReconcilerMeter.UNEXPLAINED, kind, unexplained);
              count(ReconcilerMeter.LATE, kind, figures.late());
              for (DifferenceClass difference : DifferenceClass.values()) {
                count(
                    kind,
                    difference,
                    result.of(kind).stream().mapToLong(table -> table.count(difference)).sum());
              }
              Proof proof = figures.proof();
              count(ReconcilerMeter.PLANTS, kind, "found", proof.found());
              count(ReconcilerMeter.PLANTS, kind, "missed", proof.planted() - proof.found());
              count(ReconcilerMeter.PLANTS, kind, "invented", proof.invented());
              if (compared > 0) {
                count(
                    ReconcilerMeter.PROOFS,
                    kind,
                    figures.isProven() ? "full" : proof.isBroken() ? "broken" : "bare",
                    1);
                consistency.put(kind, (double) (compared - unexplained) / compared);
              }
            });
  }

  private void count(ReconcilerMeter meter, Kind kind, String outcome, long many) {
    meters.counter(meter.id(), "kind", kind.label(), "outcome", outcome).increment(many);
  }

  private void count(ReconcilerMeter meter, Kind kind, long rows) {
    meters.counter(meter.id(), "kind", kind.label()).increment(rows);
  }

  private void count(Kind kind, DifferenceClass difference, long rows) {
    meters
        .counter(
            ReconcilerMeter.DIFFERENCES.id(),
            "kind",
            kind.label(),
            "class",
            difference.name().toLowerCase(Locale.ROOT))
        .increment(rows);
  }

  private double age() {
    Instant until = comparedUntil;
    return until == null ? Double.NaN : Duration.between(until, clock.instant()).toMillis() / 1e3;
  }
}
