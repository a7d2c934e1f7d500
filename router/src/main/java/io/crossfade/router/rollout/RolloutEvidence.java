package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.legacy.LegacyMeter;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.KindFigures;
import io.crossfade.router.flags.FlagTable;
import io.crossfade.router.gates.Checks;
import io.crossfade.router.gates.GateEvidence;
import io.crossfade.stream.StreamHealth;
import io.crossfade.stream.StreamMeter;
import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Collects the figures that gates judge, from the control schema, Redis and this router's meters.
 */
public final class RolloutEvidence {

  /** Until every router routes by new flags. */
  private static final Duration FLIP = Duration.ofSeconds(1);

  /** So long a comparison that missed a plant lets nothing pass. */
  private static final Duration BROKEN_FOR = Duration.ofHours(1);

  /** Figures of a kind since its flags changed, as of a mark. */
  private record Known(Comparisons.Mark mark, Instant since, List<KindFigures> of) {}

  private final Map<Kind, Known> figures = new ConcurrentHashMap<>();
  private final FlagTable table;
  private final Comparisons comparisons;
  private final Instances instances;
  private final StreamHealth streams;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final Checks checks;

  public RolloutEvidence(
      FlagTable table,
      Comparisons comparisons,
      Instances instances,
      StreamHealth streams,
      MeterRegistry meters,
      InstantSource clock,
      Checks checks) {
    this.checks = checks;
    this.table = table;
    this.comparisons = comparisons;
    this.instances = instances;
    this.streams = streams;
    this.meters = meters;
    this.clock = clock;
  }

  /** What is known of a kind since its flags became what they are. */
  public GateEvidence of(Kind kind) {
    return of(kind, backlogAge(kind));
  }

  /**
   * The same without asking Redis, which may hang.
   *
   * @param backlogAge of the oldest entry whose row is not committed; empty when it is not known
   */
  GateEvidence of(Kind kind, Optional<Duration> backlogAge) {
    Instant now = clock.instant();
    Instant since = table.since(kind).orElse(now);
    List<KindFigures> of = figures(kind, since);
    return new GateEvidence(
        now,
        since,
        of.isEmpty() ? Optional.empty() : Optional.of(of.getLast().window().to()),
        sum(of, KindFigures::compared),
        sum(of, KindFigures::unexplained),
        sum(of, KindFigures::urgentMissing),
        backlogAge,
        median(of, KindFigures::legacyP95),
        median(of, KindFigures::streamP95),
        sum(of, KindFigures::streamServed),
        sum(of, KindFigures::fallbacks),
        rate(LegacyMeter.ACCEPT_TO_ROW.id(), LegacyMeter.WRITE.id(), kind),
        rate(StreamMeter.ACCEPT_TO_ROW.id(), StreamMeter.WRITE.id(), kind),
        held(),
        sum(of, KindFigures::proven),
        KindFigures.proofOf(of),
        of.stream()
            .filter(window -> window.proof().isBroken())
            .filter(window -> window.window().to().isAfter(now.minus(BROKEN_FOR)))
            .count(),
        sum(of, KindFigures::explained),
        sum(of, KindFigures::lost),
        kind.definition().urgentRows().isPresent()
            ? OptionalLong.of(sum(of, KindFigures::urgentCompared))
            : OptionalLong.empty(),
        checks.of(kind));
  }

  /** Read again only when a run has finished or the flags have changed: the console asks often. */
  private List<KindFigures> figures(Kind kind, Instant since) {
    Comparisons.Mark mark = comparisons.mark();
    Known known = figures.get(kind);
    if (known == null || !known.mark().equals(mark) || !known.since().equals(since)) {
      known = new Known(mark, since, comparisons.since(kind, since.plus(FLIP)));
      figures.put(kind, known);
    }
    return known.of();
  }

  private Optional<Duration> backlogAge(Kind kind) {
    try {
      return Optional.of(streams.backlogAge(kind));
    } catch (RedisException e) {
      return Optional.empty();
    }
  }

  private OptionalLong held() {
    List<Instances.Instance> up = instances.up();
    return up.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(up.stream().mapToLong(Instances.Instance::held).sum());
  }

  /** Rows by the time that was spent writing them. */
  private OptionalDouble rate(String rows, String writing, Kind kind) {
    Timer written = meters.find(rows).tag("kind", kind.label()).timer();
    Timer spent = meters.find(writing).tag("kind", kind.label()).timer();
    return written == null || spent == null || spent.totalTime(TimeUnit.SECONDS) <= 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(written.count() / spent.totalTime(TimeUnit.SECONDS));
  }

  private static long sum(List<KindFigures> runs, ToLongFunction<KindFigures> figure) {
    return runs.stream().mapToLong(figure).sum();
  }

  private static OptionalDouble median(
      List<KindFigures> runs, Function<KindFigures, OptionalDouble> figure) {
    double[] sorted =
        runs.stream().map(figure).flatMapToDouble(OptionalDouble::stream).sorted().toArray();
    return sorted.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(sorted[sorted.length / 2]);
  }
}
