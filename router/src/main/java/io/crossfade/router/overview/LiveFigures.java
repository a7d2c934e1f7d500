package io.crossfade.router.overview;

import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.db.control.LetterQuota;
import io.crossfade.db.process.Loops;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.gates.GateEvidence;
import io.crossfade.router.process.Asking;
import io.crossfade.router.process.OneForAll;
import io.crossfade.router.rollout.NextStep;
import io.crossfade.router.rollout.Rollout;
import io.crossfade.stream.StreamHealth;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What an operator sees at a glance, of this router. */
public final class LiveFigures {

  /**
   * Everything at one moment. What is {@code null} is not known.
   *
   * @param flagAge since the flags were last read
   * @param stale whether the last attempt to read them failed
   * @param rollbackWaits whether a rollback waits to be stored
   * @param databaseAway whether the control schema does not answer
   * @param alerts what needs a person, the worst first
   */
  public record Now(
      Instant at,
      String breaker,
      Duration flagAge,
      boolean stale,
      boolean rollbackWaits,
      boolean databaseAway,
      List<Alert> alerts,
      List<KindNow> kinds) {}

  /**
   * One kind.
   *
   * @param legacyRate records that the memory queue served, per second
   * @param streamRate records that the stream served, per second
   * @param askedRate uploads of clients that ask for the stream, by a {@code _v2} endpoint, per
   *     second
   * @param acceptP99 ms from the request to the answer
   * @param legacyP95 ms from acceptance to the row
   * @param streamP95 likewise
   * @param queue the memory queue
   * @param backlog entries of the stream whose row is not committed
   * @param oldest age of the oldest of them
   * @param fallbackPercent of the records meant for the stream, those the memory queue took
   * @param agreement whether the outputs agree well enough
   * @param next whether the next step may be taken, and else what it waits for
   */
  public record KindNow(
      Kind kind,
      KindFlags flags,
      double legacyRate,
      double streamRate,
      double askedRate,
      @Nullable Double acceptP99,
      @Nullable Double legacyP95,
      @Nullable Double streamP95,
      QueueFill queue,
      @Nullable Long backlog,
      @Nullable Duration oldest,
      @Nullable Double fallbackPercent,
      @Nullable Agreement agreement,
      @Nullable NextStep next) {}

  /**
   * What comparisons say since the flags last changed.
   *
   * @param percent rows that agree or are explained; {@code null} when none was compared
   * @param age since the end of the newest compared window; {@code null} when there is none
   * @param explained rows that do not agree, and it is known why
   * @param lost records that a path accepted and never wrote
   */
  public record Agreement(
      Verdict verdict,
      long compared,
      @Nullable Double percent,
      @Nullable Duration age,
      long explained,
      long lost) {}

  /** Not longer than the console's feed rests: it shows something new each time. */
  private static final Duration KNOWN_FOR = Duration.ofSeconds(1);

  private static final Duration LETTERS_DROPPED_LATELY = Duration.ofMinutes(10);

  private final InstanceName self;
  private final RolloutFlags flags;
  private final Rollout rollout;
  private final LegacyPath legacy;
  private final StreamHealth streams;
  private final CircuitBreaker breaker;
  private final LetterQuota letters;
  private final Loops loops;
  private final SharedFacts shared;
  private final AlertPolicy policy;
  private final InstantSource clock;
  private final MeterReadings readings;
  private final OneForAll<Now> answer = new OneForAll<>(this::ask, KNOWN_FOR, System::nanoTime);

  LiveFigures(
      InstanceName self,
      RolloutFlags flags,
      Rollout rollout,
      LegacyPath legacy,
      StreamHealth streams,
      CircuitBreaker breaker,
      LetterQuota letters,
      Loops loops,
      SharedFacts shared,
      AlertPolicy policy,
      MeterRegistry meters,
      InstantSource clock) {
    this.self = self;
    this.flags = flags;
    this.rollout = rollout;
    this.legacy = legacy;
    this.streams = streams;
    this.breaker = breaker;
    this.letters = letters;
    this.loops = loops;
    this.shared = shared;
    this.policy = policy;
    this.readings = new MeterReadings(meters, legacy::held);
    this.clock = clock;
  }

  /** Reads the meters, so that whoever asks next is told of the minute before. */
  public synchronized void read() {
    readings.read();
  }

  /** How everything stands, or stood within the last second, beside the last minute. */
  public Now now() {
    return answer.get();
  }

  private synchronized Now ask() {
    readings.read();
    Asking control = Asking.controlSchema(flags.readable());
    Asking redis = Asking.redis();
    List<KindNow> kinds = new ArrayList<>();
    Map<Kind, Situation.OfKind> situations = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      StreamHealth.Backlog backlog = redis.ask(() -> streams.backlog(kind));
      Duration oldest = backlog == null ? null : backlog.age();
      Rollout.Standing standing =
          control.ask(() -> rollout.standing(kind, Optional.ofNullable(oldest)));
      KindNow now = now(kind, standing, backlog);
      kinds.add(now);
      situations.put(kind, situation(now, standing));
    }
    Situation.Shared facts = control.ask(shared::now);
    Instant at = clock.instant();
    Situation.Flags switches =
        new Situation.Flags(flags.age(), flags.readable(), flags.overridden(), flags.keepable());
    return new Now(
        at,
        breaker.getState().name(),
        switches.age(),
        !switches.readable(),
        switches.rollbackWaits(),
        !control.answers(),
        policy.alerts(
            new Situation(
                at,
                self.text(),
                switches,
                breaker.getState(),
                redis.answers(),
                loops.reports(),
                lettersDropped(at),
                situations,
                facts)),
        kinds);
  }

  private Situation.OfKind situation(KindNow now, Rollout.@Nullable Standing standing) {
    return new Situation.OfKind(
        now.flags().dualWrite(),
        now.flags().danger() != null
            || flags.state().aside().stream()
                .anyMatch(row -> Objects.equals(now.kind(), row.kind())),
        now.fallbackPercent(),
        now.queue(),
        now.oldest(),
        standing == null
            ? null
            : standing
                .evidence()
                .comparedUntil()
                .filter(standing.evidence().since()::isBefore)
                .orElse(standing.evidence().since()));
  }

  private Set<Source> lettersDropped(Instant at) {
    Set<Source> dropped = EnumSet.noneOf(Source.class);
    for (LetterQuota.Standing of : letters.standings().values()) {
      Instant last = of.lastDropped();
      if (last != null && last.plus(LETTERS_DROPPED_LATELY).isAfter(at)) {
        dropped.add(of.source());
      }
    }
    return dropped;
  }

  private QueueFill queue(Kind kind) {
    return QueueFill.of(
        legacy.held(kind),
        legacy.capacity(kind),
        legacy
            .oldestHeld(kind)
            .map(accepted -> Duration.between(accepted, clock.instant()))
            .orElse(null),
        readings.queueGrowth(kind));
  }

  private KindNow now(
      Kind kind, Rollout.@Nullable Standing standing, StreamHealth.@Nullable Backlog backlog) {
    return new KindNow(
        kind,
        flags.state().of(kind),
        readings.legacyRate(kind),
        readings.streamRate(kind),
        readings.askedRate(kind),
        readings.acceptP99(kind),
        readings.legacyP95(kind),
        readings.streamP95(kind),
        queue(kind),
        backlog == null ? null : (Long) backlog.entries(),
        backlog == null ? null : backlog.age(),
        readings.fallbackPercent(kind),
        standing == null ? null : agreement(standing),
        standing == null ? null : standing.next());
  }

  private static Agreement agreement(Rollout.Standing standing) {
    GateEvidence known = standing.evidence();
    return new Agreement(
        standing.agreement(),
        known.compared(),
        known.compared() == 0
            ? null
            : 100.0 * (known.compared() - known.unexplained()) / known.compared(),
        known.comparedUntil().map(until -> Duration.between(until, known.at())).orElse(null),
        known.explained(),
        known.lost());
  }
}
