package io.crossfade.router.rollout;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.router.RouterLoop;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.rollout.RolloutChange.Origin;
import io.crossfade.router.routing.Assignment;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the flags say, kept in memory and read a few times a second by a thread of its own: asking
 * costs a request next to nothing and never fails it. When they cannot be read, the last known
 * state counts. A rollback counts at once, and is stored as soon as the database lets it.
 */
public final class RolloutFlags implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RolloutFlags.class);
  private static final Duration READ_EVERY = Duration.ofMillis(200);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

  /** How many stored changes are remembered by their id. */
  private static final int REMEMBERED = 100;

  private final FlagStore store;
  private final KindFlags first;
  private final InstantSource clock;
  private final Loops loops;
  private final Map<String, PendingChange> pending = new LinkedHashMap<>();
  private final Map<String, FlagStore.Stored> settled = new LinkedHashMap<>();
  private @Nullable SupervisedLoop loop;
  private RolloutState stored = RolloutState.UNKNOWN;

  /** How often {@link #stored} was replaced: who reads sees whether that happened meanwhile. */
  private long taken;

  private volatile RolloutState effective = RolloutState.UNKNOWN;
  private volatile long readAt = System.nanoTime();
  private volatile boolean readable;
  private boolean storable = true;

  /**
   * Reads the flags once, if they can be read.
   *
   * @param first flags of a system that never had any
   */
  RolloutFlags(
      FlagStore store, KindFlags first, InstantSource clock, MeterRegistry meters, Loops loops) {
    this.store = store;
    this.first = first;
    this.clock = clock;
    this.loops = loops;
    refresh();
    TimeGauge.builder(RouterMeter.FLAG_AGE.id(), () -> age().toMillis(), TimeUnit.MILLISECONDS)
        .description(RouterMeter.FLAG_AGE.description())
        .register(meters);
    for (Kind kind : Kind.values()) {
      gauge(RouterMeter.STAGE, kind, flags -> flags.stage().ordinal(), meters);
      gauge(RouterMeter.PERCENTAGE, kind, f -> f.cohort().percentage().doubleValue(), meters);
    }
  }

  /** Begins to read them again and again. */
  void start() {
    loop =
        loops.start(
            RouterLoop.FLAGS,
            "",
            self -> {
              refresh();
              return Next.after(READ_EVERY);
            });
  }

  /**
   * What the flags say of a record.
   *
   * @param optIn whether the client asked for the stream
   */
  public Assignment assignment(AcceptedRecord accepted, boolean optIn) {
    return effective.of(accepted.kind()).assignment(accepted, optIn);
  }

  /** The flags that count here. */
  public RolloutState state() {
    return effective;
  }

  /** How long ago the flags were last read. */
  public Duration age() {
    return Duration.ofNanos(System.nanoTime() - readAt);
  }

  /** Whether the last attempt to read them succeeded. */
  public boolean readable() {
    return readable;
  }

  /** Whether a rollback waits to be stored. */
  public synchronized boolean overridden() {
    return !pending.isEmpty();
  }

  /** What became of a change that counted here first; empty while it waits. */
  synchronized Optional<FlagStore.Stored> settled(String id) {
    return Optional.ofNullable(settled.get(id));
  }

  /**
   * Lets a change count here at once, and has it stored as soon as possible. It counts together
   * with all that wait; of two for one kind, the later one.
   */
  synchronized void override(PendingChange change) {
    pending.put(change.id(), change);
    recount();
  }

  /** Takes note of flags that were just stored, before they are read. */
  synchronized void stored(RolloutState state) {
    if (state.version() >= stored.version()) {
      replaceStored(state);
    }
  }

  /**
   * Stores what waits, in the order it was decided.
   *
   * @throws RuntimeException when that cannot be done now; what waits goes on to count
   */
  void storePending() {
    for (PendingChange change : waiting()) {
      settle(change, store.store(change));
      log.info("What counted here since {} is stored: {}", change.decidedAt(), change.flags());
    }
  }

  /** Reads the flags now, and stores what waits. */
  public void refresh() {
    long before = taken();
    try {
      RolloutState state = store.read();
      take(state.version() == 0 ? store.initialise(first) : state, before);
      readAt = System.nanoTime();
      if (!readable) {
        log.info("The flags are readable");
      }
      readable = true;
    } catch (RuntimeException e) {
      if (readable) {
        log.warn("Cannot read the flags: {}; they stay {}", e.getMessage(), effective);
      }
      readable = false;
      return;
    }
    try {
      storePending();
      storable = true;
    } catch (RuntimeException e) {
      if (storable) {
        log.warn("Cannot store what counts here: {}; it stays {}", e.getMessage(), effective);
      }
      storable = false;
    }
  }

  @Override
  public void close() {
    SupervisedLoop started = loop;
    if (started != null) {
      started.stop(STOP_PATIENCE);
    }
  }

  private void gauge(
      RouterMeter meter, Kind kind, ToDoubleFunction<KindFlags> value, MeterRegistry meters) {
    Gauge.builder(meter.id(), () -> value.applyAsDouble(effective.of(kind)))
        .description(meter.description())
        .tag("kind", kind.label())
        .register(meters);
  }

  private synchronized List<PendingChange> waiting() {
    return List.copyOf(pending.values());
  }

  private synchronized long taken() {
    return taken;
  }

  /**
   * Takes note of flags that were read.
   *
   * @param before {@link #taken} when reading began
   */
  private synchronized void take(RolloutState state, long before) {
    boolean sameSystem = stored.system().isEmpty() || stored.system().equals(state.system());
    if (state.version() >= stored.version() || !sameSystem) {
      if (!sameSystem) {
        log.warn("These are the flags of another system; what waits is of no use there");
        pending.clear();
      }
      replaceStored(state);
    } else if (taken == before) {
      keepAgainst(state);
      replaceStored(state);
    }
  }

  /** The database knows less than it did, as after a fail-over or from a backup. */
  private void keepAgainst(RolloutState state) {
    EnumMap<Kind, KindFlags> kept = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      if (!stored.of(kind).equals(state.of(kind))) {
        kept.put(kind, stored.of(kind));
      }
    }
    String reason =
        "the database went back from version %d of the flags to %d; they stay as they were switched"
            .formatted(stored.version(), state.version());
    log.error("{}: {}", reason, kept);
    if (!kept.isEmpty()) {
      // Before all that waits: that was decided later.
      List<PendingChange> later = waiting();
      pending.clear();
      String id = UUID.randomUUID().toString();
      pending.put(
          id,
          new PendingChange(
              id,
              clock.instant(),
              kept,
              new FlagTable.Note(Origin.OPERATOR, "crossfade", reason, null, true, "{}")));
      later.forEach(change -> pending.put(change.id(), change));
    }
  }

  private synchronized void settle(PendingChange change, FlagStore.Stored now) {
    pending.remove(change.id());
    settled.put(change.id(), now);
    if (settled.size() > REMEMBERED) {
      settled.remove(settled.keySet().iterator().next());
    }
    if (now.now().version() >= stored.version()) {
      replaceStored(now.now());
    } else {
      recount();
    }
  }

  private synchronized void replaceStored(RolloutState state) {
    stored = state;
    taken++;
    recount();
  }

  private synchronized void recount() {
    RolloutState now = stored;
    for (PendingChange change : pending.values()) {
      now = now.with(change.flags());
    }
    effective = now;
  }
}
