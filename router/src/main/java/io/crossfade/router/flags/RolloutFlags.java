package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import io.crossfade.db.logging.OutageLog;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.router.RouterLoop;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.flags.RolloutChange.Origin;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
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

  /** How long a rollback waits until it is on disk, which may hang, too. */
  private static final Duration DISK_PATIENCE = Duration.ofMillis(500);

  /** How old what is kept says it is at most, while nothing changes. */
  private static final Duration KEEP_EVERY = Duration.ofMinutes(1);

  private final FlagStore store;
  private final FlagMemory memory;
  private final Executor disk;
  private final KindFlags first;
  private final InstantSource clock;
  private final Loops loops;
  private final Map<String, PendingChange> pending = new LinkedHashMap<>();
  private final Map<String, FlagStore.Stored> settled = new LinkedHashMap<>();
  private @Nullable SupervisedLoop loop;
  private RolloutState stored = RolloutState.UNKNOWN;
  private Instant asOf = Instant.EPOCH;

  /** How often {@link #stored} was replaced: who reads sees whether that happened meanwhile. */
  private long taken;

  private volatile RolloutState effective = RolloutState.UNKNOWN;
  private volatile long readAt = System.nanoTime();
  private volatile boolean readable;
  private volatile boolean read;
  private volatile FlagMemory.@Nullable Kept kept;
  private volatile boolean keepable = true;
  private final AtomicBoolean keepAsked = new AtomicBoolean();
  private final OutageLog reading = new OutageLog(log, "Cannot read the flags");
  private final OutageLog storing = new OutageLog(log, "Cannot store what counts here");

  /**
   * Begins with what was known last, and reads the flags once, if they can be read.
   *
   * @param disk writes what is remembered, one at a time
   * @param first flags of a system that never had any
   */
  public RolloutFlags(
      FlagStore store,
      FlagMemory memory,
      Executor disk,
      KindFlags first,
      InstantSource clock,
      MeterRegistry meters,
      Loops loops) {
    this.store = store;
    this.memory = memory;
    this.disk = disk;
    this.first = first;
    this.clock = clock;
    this.loops = loops;
    memory.load().ifPresent(this::remember);
    refresh();
    if (!read) {
      log.warn("Cannot read the flags at start; until that can be done {} counts", effective);
    }
    Gauge.builder(RouterMeter.FLAGS_ASIDE.id(), () -> effective.aside().size())
        .description(RouterMeter.FLAGS_ASIDE.description())
        .register(meters);
    Gauge.builder(RouterMeter.FLAGS_PENDING.id(), () -> waiting().size())
        .description(RouterMeter.FLAGS_PENDING.description())
        .register(meters);
    Gauge.builder(RouterMeter.FLAGS_KEPT.id(), () -> keepable ? 1 : 0)
        .description(RouterMeter.FLAGS_KEPT.description())
        .register(meters);
    TimeGauge.builder(RouterMeter.FLAG_AGE.id(), () -> age().toMillis(), TimeUnit.MILLISECONDS)
        .description(RouterMeter.FLAG_AGE.description())
        .register(meters);
    for (Kind kind : Kind.values()) {
      gauge(RouterMeter.STAGE, kind, flags -> flags.stage().ordinal(), meters);
      gauge(RouterMeter.OPT_IN, kind, flags -> flags.optIn() ? 1 : 0, meters);
      gauge(RouterMeter.PERCENTAGE, kind, f -> f.cohort().percentage().doubleValue(), meters);
    }
  }

  /** Begins to read them again and again. */
  public void start() {
    loop =
        loops.start(
            RouterLoop.FLAGS,
            "",
            self -> {
              refresh();
              return Next.after(READ_EVERY);
            });
  }

  /** What the flags of a kind say of its records. */
  public KindFlags of(Kind kind) {
    return effective.of(kind);
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

  /** Where what counts here comes from. */
  public enum Source {
    /** Read from the control schema since this router started. */
    DATABASE,
    /** From the file that a router kept before it was started again. */
    FILE,
    /** From nowhere: the old path serves. */
    NOTHING
  }

  /** Where what counts here comes from; {@link #age} says how old it is. */
  public Source source() {
    return read ? Source.DATABASE : effective.known() ? Source.FILE : Source.NOTHING;
  }

  /** When what is stored was last known to be so; empty when that was never. */
  public synchronized Optional<Instant> asOf() {
    return stored.known() ? Optional.of(asOf) : Optional.empty();
  }

  /** Whether the last attempt to keep what is known on disk succeeded. */
  public boolean keepable() {
    return keepable;
  }

  /** Whether a rollback waits to be stored. */
  public synchronized boolean overridden() {
    return !pending.isEmpty();
  }

  /** What became of a change that counted here first; empty while it waits. */
  public synchronized Optional<FlagStore.Stored> settled(String id) {
    return Optional.ofNullable(settled.get(id));
  }

  /**
   * Lets a change count here at once, and has it stored as soon as possible. It counts together
   * with all that wait; of two for one kind, the later one.
   *
   * @return whether it is on disk too, so that a router that is started again knows of it
   */
  public boolean override(PendingChange change) {
    synchronized (this) {
      pending.put(change.id(), change);
      recount();
    }
    try {
      CompletableFuture.runAsync(this::keep, disk)
          .get(DISK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
      log.error("A change that counts here is not on disk: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return kept(change.id());
  }

  /** What counts here and is not known to be stored, in the order it was decided. */
  public synchronized List<PendingChange> waiting() {
    return List.copyOf(pending.values());
  }

  /** Whether a change is on disk. */
  public boolean kept(String id) {
    FlagMemory.Kept now = kept;
    return now != null && now.pending().stream().anyMatch(change -> change.id().equals(id));
  }

  /** Takes note of flags that were just stored, before they are read. */
  public void stored(RolloutState state) {
    synchronized (this) {
      if (state.version() >= stored.version()) {
        replaceStored(state.completedBy(stored));
      }
    }
    keepIfChanged();
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

  /**
   * The flags as they are in the control schema now, with all that waited here.
   *
   * @throws RuntimeException when they cannot be read, or what waits cannot be stored
   */
  public RolloutState readNow() {
    try {
      storePending();
      long before = taken();
      RolloutState state = store.read();
      return take(needsFirst(state) ? store.initialise(first) : state, before);
    } finally {
      // What was learnt while storing counts here, though the flags could not be read after it.
      keepIfChanged();
    }
  }

  /** Whether there are no flags yet, or kinds may have come that never had any. */
  private static boolean needsFirst(RolloutState state) {
    return state.version() == 0 || !state.unresolved().isEmpty();
  }

  /** Reads the flags now, and stores what waits. */
  public void refresh() {
    refreshFromStore();
    keepIfChanged();
  }

  private void refreshFromStore() {
    long before = taken();
    long asked = System.nanoTime();
    try {
      // What waits may be on record, though nobody said so: then the flags say more than it does.
      for (PendingChange change : waiting()) {
        store.recorded(change).ifPresent(now -> settle(change, now));
      }
      RolloutState state = store.read();
      take(needsFirst(state) ? store.initialise(first) : state, before);
      // An answer that was long under way is as old as the question.
      readAt = asked;
      reading.worked();
      readable = true;
      read = true;
    } catch (RuntimeException e) {
      reading.failed("%s; they stay %s".formatted(e.getMessage(), effective));
      readable = false;
      return;
    }
    try {
      storePending();
      storing.worked();
    } catch (RuntimeException e) {
      storing.failed("%s; it stays %s".formatted(e.getMessage(), effective));
    }
  }

  @Override
  public void close() {
    SupervisedLoop started = loop;
    if (started != null) {
      started.stop(STOP_PATIENCE);
    }
    if (disk instanceof ExecutorService own) {
      own.shutdown();
      try {
        if (!own.awaitTermination(DISK_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
          log.warn("The disk hangs: what was learnt of the flags last is not kept");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void gauge(
      RouterMeter meter, Kind kind, ToDoubleFunction<KindFlags> value, MeterRegistry meters) {
    Gauge.builder(meter.id(), () -> value.applyAsDouble(effective.of(kind)))
        .description(meter.description())
        .tag("kind", kind.label())
        .register(meters);
  }

  private synchronized void remember(FlagMemory.Kept known) {
    stored = known.stored();
    asOf = known.asOf();
    known.pending().forEach(change -> pending.put(change.id(), change));
    kept = known;
    if (stored.known()) {
      readAt = System.nanoTime() - Duration.between(asOf, clock.instant()).toNanos();
    }
    recount();
    log.info("Last known flags, as of {}: {}; {} wait to be stored", asOf, stored, pending.size());
  }

  private synchronized FlagMemory.Kept toKeep() {
    return new FlagMemory.Kept(stored, asOf, List.copyOf(pending.values()));
  }

  private void keepIfChanged() {
    FlagMemory.Kept then = kept;
    FlagMemory.Kept now = toKeep();
    if (then == null
        || !then.stored().equals(now.stored())
        || !then.pending().equals(now.pending())
        || Duration.between(then.asOf(), now.asOf()).compareTo(KEEP_EVERY) >= 0) {
      keepSoon();
    }
  }

  /** Once, however long the disk hangs. */
  private void keepSoon() {
    if (keepAsked.compareAndSet(false, true)) {
      try {
        disk.execute(
            () -> {
              keepAsked.set(false);
              keep();
            });
      } catch (RejectedExecutionException e) {
        log.debug("This router stops, and keeps nothing more");
      }
    }
  }

  /** Keeps what is known at this moment; what is written last is what was known last. */
  private void keep() {
    FlagMemory.Kept now = toKeep();
    try {
      memory.keep(now);
      kept = now;
      if (!keepable) {
        log.info("The flags are kept on disk again");
      }
      keepable = true;
    } catch (IOException | RuntimeException e) {
      if (keepable) {
        log.warn(
            "Cannot keep the flags on disk: {}; a router that is started again without the database"
                + " would not know them",
            e.toString());
      }
      keepable = false;
    }
  }

  private synchronized long taken() {
    return taken;
  }

  /**
   * Takes note of flags that were read.
   *
   * @param before {@link #taken} when reading began
   */
  private synchronized RolloutState take(RolloutState read, long before) {
    boolean sameSystem = stored.system().isEmpty() || stored.system().equals(read.system());
    RolloutState state = sameSystem ? read.completedBy(stored) : read;
    if (!state.aside().equals(stored.aside())) {
      log.warn(
          state.aside().isEmpty()
              ? "All rows of the flags can be used"
              : "Rows of the flags are put aside: {}",
          state.aside());
    }
    if (!sameSystem) {
      log.warn("These are the flags of another system; of no use there: {}", pending.values());
      pending.clear();
      replaceStored(state);
    } else if (state.version() >= stored.version()) {
      replaceStored(state);
    } else if (taken == before) {
      keepAgainst(state);
      replaceStored(state);
    }
    asOf = clock.instant();
    return state;
  }

  /** The database knows less than it did, as after a fail-over or from a backup. */
  private void keepAgainst(RolloutState state) {
    TreeMap<Kind, KindFlags> kept = new TreeMap<>();
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
      // Of a kind that cannot be read, this change is what was switched last.
      TreeMap<Kind, KindFlags> recorded = new TreeMap<>(change.flags());
      recorded.keySet().removeAll(now.superseded());
      replaceStored(now.now().completedBy(stored.with(recorded)));
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
