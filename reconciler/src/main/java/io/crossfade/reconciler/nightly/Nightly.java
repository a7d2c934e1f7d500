package io.crossfade.reconciler.nightly;

import io.crossfade.reconciler.ReconcilerMeter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether a night is due, does it on one router, and tells of it. */
public final class Nightly implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Nightly.class);
  private static final String WORK = "nightly";

  /** Another router takes over so long after the one at work died. */
  private static final Duration HELD = Duration.ofMinutes(1);

  private final NightlyComparison nights;
  private final NightlyReports reports;
  private final Webhook webhook;
  private final LockProvider locks;
  private final InstantSource clock;
  private final Duration lookEvery;
  private final ScheduledExecutorService schedule =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name(WORK).daemon(true).factory());
  private volatile @Nullable Instant newest;

  Nightly(
      NightlyComparison nights,
      NightlyReports reports,
      Webhook webhook,
      LockProvider locks,
      InstantSource clock,
      Duration lookEvery,
      MeterRegistry meters) {
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
    schedule.scheduleWithFixedDelay(this::look, 0, lookEvery.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Leaves a night that is not finished to the next router. */
  @Override
  public void close() {
    schedule.shutdownNow();
  }

  private void look() {
    try {
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
    } catch (SQLException | RuntimeException e) {
      log.warn("The night's comparison has to wait: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
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
