package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.reconciler.RollingComparison;
import io.crossfade.reconciler.RollingMetrics;
import io.crossfade.router.RouterLoop;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.stream.StreamHealth;
import io.lettuce.core.RedisException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens by itself, on one router at a time: comparing the outputs, whose runs are claimed,
 * and deciding on the gates. Every router reports itself and looks after its own receipts.
 */
public final class RolloutUpkeep implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RolloutUpkeep.class);
  private static final Duration REPORT_EVERY = Duration.ofMillis(500);

  /** A comparison under way is left to the next router. */
  private static final Duration STOP_PATIENCE = Duration.ofMillis(100);

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
  private final Loops loops;
  private final List<SupervisedLoop> running = new ArrayList<>();

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
      InstantSource clock,
      Loops loops) {
    this.loops = loops;
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
    every(REPORT_EVERY, RouterLoop.REPORT, this::report);
    every(settings.compareEvery(), RouterLoop.COMPARE, this::compare);
    every(settings.decideEvery(), RouterLoop.DECIDE, () -> alone("decide", autopilot::decide));
  }

  @Override
  public void close() {
    running.forEach(SupervisedLoop::beginStop);
    running.forEach(loop -> loop.stop(STOP_PATIENCE));
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

  private void compare() throws SQLException, InterruptedException {
    comparison.catchUp(metrics::record);
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

  /** What a loop does. */
  private interface Work {
    void run() throws SQLException, InterruptedException;
  }

  private void alone(String work, Work task) throws SQLException, InterruptedException {
    Optional<SimpleLock> lock =
        locks.lock(new LockConfiguration(clock.instant(), work, LONGEST_WORK, Duration.ZERO));
    if (lock.isPresent()) {
      try {
        task.run();
      } finally {
        lock.get().unlock();
      }
    }
  }

  private void every(Duration period, RouterLoop name, Work task) {
    running.add(
        loops.start(
            name,
            "",
            loop -> {
              if (loop.rest(period)) {
                task.run();
              }
              return Next.again();
            }));
  }
}
