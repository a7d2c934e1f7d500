package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.RollingComparison;
import io.crossfade.reconciler.RollingMetrics;
import io.crossfade.stream.StreamHealth;
import io.lettuce.core.RedisException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens by itself, on one router at a time: comparing the outputs, whose runs are claimed,
 * and deciding on the gates. Every router reports itself and looks after its own receipts.
 */
public final class RolloutUpkeep implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RolloutUpkeep.class);
  private static final Duration REPORT_EVERY = Duration.ofMillis(500);

  /** A router that dies while it decides holds the others up for so long at most. */
  private static final Duration LONGEST_WORK = Duration.ofMinutes(2);

  private final RolloutFlags flags;
  private final Instances instances;
  private final Rollback rollback;
  private final RollingComparison comparison;
  private final RollingMetrics metrics;
  private final Autopilot autopilot;
  private final LegacyPath legacy;
  private final StreamHealth streams;
  private final LockProvider locks;
  private final RolloutSettings settings;
  private final InstantSource clock;
  private final ScheduledExecutorService schedule =
      Executors.newScheduledThreadPool(
          3, Thread.ofPlatform().name("rollout-upkeep-", 0).daemon(true).factory());

  public RolloutUpkeep(
      RolloutFlags flags,
      Instances instances,
      Rollback rollback,
      RollingComparison comparison,
      RollingMetrics metrics,
      Autopilot autopilot,
      LegacyPath legacy,
      StreamHealth streams,
      LockProvider locks,
      RolloutSettings settings,
      InstantSource clock) {
    this.flags = flags;
    this.instances = instances;
    this.rollback = rollback;
    this.comparison = comparison;
    this.metrics = metrics;
    this.autopilot = autopilot;
    this.legacy = legacy;
    this.streams = streams;
    this.locks = locks;
    this.settings = settings;
    this.clock = clock;
  }

  /** Begins. */
  public void start() {
    every(REPORT_EVERY, "report", this::report);
    every(settings.compareEvery(), "compare", this::compare);
    every(settings.decideEvery(), "decide", () -> alone("decide", autopilot::decide));
  }

  @Override
  public void close() {
    schedule.shutdownNow();
    try {
      instances.leave();
    } catch (RuntimeException e) {
      log.debug("Cannot leave the list of routers: {}", e.getMessage());
    }
  }

  private void report() {
    instances.report(flags.state().version(), writtenUntil());
    rollback.keepReceipts();
  }

  private void compare() {
    try {
      comparison.catchUp(metrics::record);
    } catch (SQLException e) {
      log.warn("Cannot compare the outputs: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Up to when all is written that this router accepted, and all that Redis holds. */
  private Optional<Instant> writtenUntil() {
    Instant now = clock.instant();
    try {
      Instant until = now;
      for (Kind kind : Kind.values()) {
        Instant committed = now.minus(streams.backlogAge(kind));
        until = committed.isBefore(until) ? committed : until;
      }
      Instant held = legacy.oldestHeld().orElse(until);
      return Optional.of(held.isBefore(until) ? held : until);
    } catch (RedisException e) {
      return Optional.empty();
    }
  }

  private void alone(String work, Runnable task) {
    locks
        .lock(new LockConfiguration(clock.instant(), work, LONGEST_WORK, Duration.ZERO))
        .ifPresent(
            lock -> {
              try {
                task.run();
              } finally {
                lock.unlock();
              }
            });
  }

  private void every(Duration period, String what, Runnable task) {
    schedule.scheduleWithFixedDelay(
        () -> {
          try {
            task.run();
          } catch (RuntimeException e) {
            log.warn("Cannot {} now: {}", what, e.getMessage());
          }
        },
        period.toMillis(),
        period.toMillis(),
        TimeUnit.MILLISECONDS);
  }
}
