package io.crossfade.router.console;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RouteReason;
import io.crossfade.legacy.LegacyMeter;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.gates.GateEvidence;
import io.crossfade.router.intake.UploadServlet;
import io.crossfade.router.rollout.KindFlags;
import io.crossfade.router.rollout.Rollout;
import io.crossfade.router.rollout.RolloutFlags;
import io.crossfade.stream.StreamHealth;
import io.crossfade.stream.StreamMeter;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** What an operator sees at a glance, of this router; asked about once a second. */
final class LiveFigures {

  /** Latencies and fallbacks are of this long. */
  private static final long LATENCY_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Rates are of this long. */
  private static final long RATE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /**
   * Everything at one moment. What is {@code null} is not known.
   *
   * @param flagAge since the flags were last read
   * @param stale whether the last attempt to read them failed
   * @param rollbackWaits whether a rollback waits to be stored
   * @param databaseAway whether the control schema does not answer
   */
  record Now(
      Instant at,
      String breaker,
      Duration flagAge,
      boolean stale,
      boolean rollbackWaits,
      boolean databaseAway,
      List<KindNow> kinds) {}

  /**
   * One kind.
   *
   * @param legacyRate records that the memory queue served, per second
   * @param streamRate records that the stream served, per second
   * @param acceptP99 ms from the request to the answer
   * @param legacyP95 ms from acceptance to the row
   * @param streamP95 likewise
   * @param queued records in the memory queue
   * @param backlog entries of the stream whose row is not committed
   * @param oldest age of the oldest of them
   * @param fallbackPercent of the records meant for the stream, those the memory queue took
   * @param agreement whether the outputs agree well enough
   */
  record KindNow(
      Kind kind,
      KindFlags flags,
      double legacyRate,
      double streamRate,
      @Nullable Double acceptP99,
      @Nullable Double legacyP95,
      @Nullable Double streamP95,
      long queued,
      @Nullable Long backlog,
      @Nullable Duration oldest,
      @Nullable Double fallbackPercent,
      @Nullable Agreement agreement) {}

  /**
   * What comparisons say since the flags last changed.
   *
   * @param percent rows that agree or are explained; {@code null} when none was compared
   * @param age since the end of the newest compared window; {@code null} when there is none
   */
  record Agreement(
      Verdict verdict, long compared, @Nullable Double percent, @Nullable Duration age) {}

  private record Reading(long nanos, Map<Kind, KindReading> kinds) {}

  private record KindReading(
      double legacy,
      double stream,
      double fallbacks,
      Buckets accept,
      Buckets legacyRows,
      Buckets streamRows) {}

  private final RolloutFlags flags;
  private final Rollout rollout;
  private final LegacyPath legacy;
  private final StreamHealth streams;
  private final CircuitBreaker breaker;
  private final MeterRegistry meters;
  private final InstantSource clock;
  private final Deque<Reading> readings = new ArrayDeque<>();

  LiveFigures(
      RolloutFlags flags,
      Rollout rollout,
      LegacyPath legacy,
      StreamHealth streams,
      CircuitBreaker breaker,
      MeterRegistry meters,
      InstantSource clock) {
    this.flags = flags;
    this.rollout = rollout;
    this.legacy = legacy;
    this.streams = streams;
    this.breaker = breaker;
    this.meters = meters;
    this.clock = clock;
  }

  /** Reads all meters, and says what happened since the readings before. */
  synchronized Now now() {
    Reading reading = read();
    readings.addLast(reading);
    readings.removeIf(earlier -> reading.nanos() - earlier.nanos() > LATENCY_NANOS);
    boolean reachable = flags.readable();
    List<KindNow> kinds = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Agreement agreement = null;
      if (reachable) {
        try {
          agreement = agreement(kind);
        } catch (DataAccessException | TransactionException e) {
          reachable = false;
        }
      }
      kinds.add(now(kind, reading, agreement));
    }
    return new Now(
        clock.instant(),
        breaker.getState().name(),
        flags.age(),
        !flags.readable(),
        flags.overridden(),
        !reachable,
        kinds);
  }

  private KindNow now(Kind kind, Reading reading, @Nullable Agreement agreement) {
    KindReading now = of(reading, kind);
    KindReading first = of(readings.getFirst(), kind);
    Reading recent =
        readings.stream()
            .filter(earlier -> reading.nanos() - earlier.nanos() <= RATE_NANOS)
            .findFirst()
            .orElse(reading);
    double seconds = Math.max(1e-3, (reading.nanos() - recent.nanos()) / 1e9);
    KindReading then = of(recent, kind);
    double fallbacks = now.fallbacks() - first.fallbacks();
    double meant = fallbacks + now.stream() - first.stream();
    return new KindNow(
        kind,
        flags.state().of(kind),
        (now.legacy() - then.legacy()) / seconds,
        (now.stream() - then.stream()) / seconds,
        now.accept().quantileSince(first.accept(), 0.99),
        now.legacyRows().quantileSince(first.legacyRows(), 0.95),
        now.streamRows().quantileSince(first.streamRows(), 0.95),
        legacy.held(kind),
        orUnknown(() -> streams.backlog(kind)),
        orUnknown(() -> streams.backlogAge(kind)),
        meant <= 0 ? null : 100 * fallbacks / meant,
        agreement);
  }

  private Agreement agreement(Kind kind) {
    Rollout.Standing standing = rollout.standing(kind);
    GateEvidence known = standing.evidence();
    return new Agreement(
        standing.agreement(),
        known.compared(),
        known.compared() == 0
            ? null
            : 100.0 * (known.compared() - known.unexplained()) / known.compared(),
        known.comparedUntil().map(until -> Duration.between(until, known.at())).orElse(null));
  }

  private Reading read() {
    Map<Kind, KindReading> kinds = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      kinds.put(
          kind,
          new KindReading(
              records(kind, "path", DeliveryPath.LEGACY.label()),
              records(kind, "path", DeliveryPath.STREAM.label()),
              records(kind, "reason", RouteReason.STREAM_UNAVAILABLE.name()),
              Buckets.of(accepting(kind)),
              Buckets.of(timers(LegacyMeter.ACCEPT_TO_ROW.id(), kind)),
              Buckets.of(timers(StreamMeter.ACCEPT_TO_ROW.id(), kind))));
    }
    return new Reading(System.nanoTime(), kinds);
  }

  private static KindReading of(Reading reading, Kind kind) {
    return Objects.requireNonNull(reading.kinds().get(kind));
  }

  private double records(Kind kind, String tag, String value) {
    return meters
        .find(RouterMeter.RECORDS.id())
        .tag("kind", kind.label())
        .tag(tag, value)
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  private List<Timer> accepting(Kind kind) {
    List<String> endpoints =
        Arrays.asList(UploadServlet.path(kind, false), UploadServlet.path(kind, true));
    return meters
        .find(RouterMeter.ACCEPT.id())
        .tag("endpoint", endpoints::contains)
        .timers()
        .stream()
        .toList();
  }

  private Collection<Timer> timers(String meter, Kind kind) {
    return meters.find(meter).tag("kind", kind.label()).timers();
  }

  private interface Asking<T> {
    T ask();
  }

  private static <T> @Nullable T orUnknown(Asking<T> asking) {
    try {
      return asking.ask();
    } catch (RedisException e) {
      return null;
    }
  }
}
