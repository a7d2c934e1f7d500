package io.crossfade.reconciler.nightly;

import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.reconciler.ReconcilerLoop;
import io.crossfade.reconciler.ReconcilerMeter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Optional;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.jspecify.annotations.Nullable;

/** Looks whether a night is due, does it on one router, and tells of it. */
public final class Nightly implements AutoCloseable {

  private static final String WORK = "nightly";
  private static final Duration STOP_PATIENCE = Duration.ofMillis(500);

  /** Another router takes over so long after the one at work died. */
  private static final Duration HELD = Duration.ofMinutes(1);

  private final NightlyComparison nights;
  private final NightlyReports reports;
  private final Webhook webhook;
  private final LockProvider locks;
  private final InstantSource clock;
  private final Duration lookEvery;
  private final Loops loops;
  private @Nullable SupervisedLoop loop;
  private volatile @Nullable Instant newest;

  Nightly(
      NightlyComparison nights,
      NightlyReports reports,
      Webhook webhook,
      LockProvider locks,
      InstantSource clock,
      Duration lookEvery,
      MeterRegistry meters,
      Loops loops) {
    this.loops = loops;
    this.nights = nights;
    this.reports = reports;
    this.webhook = webhook;
    this.locks = locks;
    this.clock = clock;
    this.lookEvery = lookEvery;
    Gauge.builder(ReconcilerMeter.REPORT_AGE.id(), this::age)
        .description(ReconcilerMeter.REPORT_AGE.description())
        .baseUnit("seconds")
        .register(meters);
  }

  /** Begins. */
  public void start() {
    loop =
        loops.start(
            ReconcilerLoop.NIGHTLY,
            "",
            self -> {
              look();
              return Next.after(lookEvery);
            });
  }

  /** Leaves a night that is not finished to the next router. */
  @Override
  public void close() {
    SupervisedLoop started = loop;
    if (started != null) {
      started.stop(STOP_PATIENCE);
    }
  }

  private void look() throws SQLException, InterruptedException {
    reports.latest(1).forEach(report -> newest = report.createdAt());
    if (nights.due().isPresent()) {
      Optional<SimpleLock> lock =
          locks.lock(new LockConfiguration(clock.instant(), WORK, HELD, Duration.ZERO));
      if (lock.isPresent()) {
        try {
          work();
        } finally {
          lock.get().unlock();
        }
      }
    }
  }

  private void work() throws SQLException, InterruptedException {
    // Asked again: another router may have done it while this one waited for the lock.
    Optional<LocalDate> day = nights.due();
    if (day.isPresent()) {
      NightlyReport report = nights.run(day.get());
      newest = report.createdAt();
      webhook.tell(report);
    }
  }

  private double age() {
    Instant at = newest;
    return at == null ? Double.NaN : Duration.between(at, clock.instant()).toMillis() / 1e3;
  }
}
