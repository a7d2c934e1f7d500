package io.crossfade.router.rollout;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.routing.Assignment;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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

  /** A rollback that counts here and is not stored yet. */
  private record Waiting(Map<Kind, KindFlags> flags, FlagTable.Note note) {}

  private final FlagTable table;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final EnumMap<Kind, Waiting> overrides = new EnumMap<>(Kind.class);
  private RolloutState stored = RolloutState.UNKNOWN;
  private volatile RolloutState effective = RolloutState.UNKNOWN;
  private volatile long readAt = System.nanoTime();
  private volatile boolean readable;

  public RolloutFlags(FlagTable table, MeterRegistry meters) {
    this.table = table;
    refresh();
    TimeGauge.builder(RouterMeter.FLAG_AGE.id(), () -> age().toMillis(), TimeUnit.MILLISECONDS)
        .description(RouterMeter.FLAG_AGE.description())
        .register(meters);
    for (Kind kind : Kind.values()) {
      gauge(RouterMeter.STAGE, kind, flags -> flags.stage().ordinal(), meters);
      gauge(RouterMeter.PERCENTAGE, kind, f -> f.cohort().percentage().doubleValue(), meters);
    }
    Thread.ofPlatform().name("rollout-flags").daemon(true).start(this::readUntilClosed);
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
    return !overrides.isEmpty();
  }

  /** Lets flags count here at once, and stores them as soon as possible. */
  synchronized void override(Map<Kind, KindFlags> flags, FlagTable.Note note) {
    flags.forEach((kind, value) -> overrides.put(kind, new Waiting(Map.of(kind, value), note)));
    effective = stored.with(flags);
  }

  /** Takes note of flags that were just stored, before they are read. */
  synchronized void stored(RolloutState state) {
    if (state.version() >= stored.version()) {
      stored = state;
    }
    RolloutState now = stored;
    for (Waiting override : overrides.values()) {
      now = now.with(override.flags());
    }
    effective = now;
  }

  /** Reads the flags now. */
  public void refresh() {
    try {
      storeOverrides();
      stored(table.read());
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
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }

  private void gauge(
      RouterMeter meter, Kind kind, ToDoubleFunction<KindFlags> value, MeterRegistry meters) {
    Gauge.builder(meter.id(), () -> value.applyAsDouble(effective.of(kind)))
        .description(meter.description())
        .tag("kind", kind.label())
        .register(meters);
  }

  private void storeOverrides() {
    for (Kind kind : Kind.values()) {
      Waiting override = waiting(kind);
      if (override != null) {
        RolloutState now = table.change(override.flags(), override.note());
        forget(kind, override);
        stored(now);
        log.info("The rollback of {} is stored as version {}", kind.label(), now.version());
      }
    }
  }

  private synchronized @Nullable Waiting waiting(Kind kind) {
    return overrides.get(kind);
  }

  private synchronized void forget(Kind kind, Waiting override) {
    overrides.remove(kind, override);
  }

  private void readUntilClosed() {
    try {
      while (!closed.await(READ_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
        refresh();
      }
    } catch (InterruptedException e) {
      log.debug("Flags are no longer read");
    }
  }
}
