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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.UncategorizedSQLException;

/** Looks whether a night is due, does it on one router, and tells of it. */
public final class Nightly implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Nightly.class);
  private static final String WORK = "nightly";
  private static final Duration STOP_PATIENCE = Duration.ofMillis(500);

  private static final Duration BEGINS_WITHIN = Duration.ofSeconds(10);

  /** Another router takes over so long after the one at work died. */
  private static final Duration HELD = Duration.ofMinutes(1);

  private final NightlyComparison nights;
  private final NightlyReports reports;
  private final Webhook webhook;
  private final LockProvider locks;
  private final InstantSource clock;
  private final Duration lookEvery;
  private final Loops loops;
  private final ExecutorService askedFor =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("asked-for-night").daemon(true).factory());
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
    askedFor.shutdownNow();
    SupervisedLoop started = loop;
    if (started != null) {
      started.stop(STOP_PATIENCE);
    }
  }

  /**
   * A night that somebody asked for.
   *
   * @param run that compares it; {@code null} when it has not begun within a few seconds
   */
  public record Asked(LocalDate day, @Nullable Long run) {}

  /**
   * Does a night now, on this router, and tells of it as of any other; also one that has a report.
   *
   * @param wanted {@code null} for the last day that is over
   * @return empty when a night is at work, here or elsewhere
   * @throws IllegalArgumentException for a day that is not over
   */
  public Optional<Asked> ask(@Nullable LocalDate wanted) throws InterruptedException {
    LocalDate last = nights.yesterday();
    LocalDate day = wanted == null ? last : wanted;
    if (day.isAfter(last) || day.isBefore(LocalDate.EPOCH)) {
      throw new IllegalArgumentException(
          "A day is compared when it is over: %s at the latest, not %s".formatted(last, day));
    }
    CompletableFuture<Long> begun = new CompletableFuture<>();
    Optional<SimpleLock> lock = lock();
    lock.ifPresent(held -> askedFor.execute(() -> work(day, begun, held)));
    return lock.isEmpty() ? Optional.empty() : Optional.of(new Asked(day, run(begun)));
  }

  private static @Nullable Long run(CompletableFuture<Long> begun) throws InterruptedException {
    try {
      return begun.get(BEGINS_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void work(LocalDate day, CompletableFuture<Long> begun, SimpleLock lock) {
    try {
      report(day, begun::complete);
    } catch (SQLException e) {
      begun.completeExceptionally(new UncategorizedSQLException("night", null, e));
      log.warn("The night of {} that was asked for is left: {}", day, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      begun.completeExceptionally(e);
      log.warn("The night of {} that was asked for is left", day, e);
    } finally {
      lock.unlock();
    }
  }

  private Optional<SimpleLock> lock() {
    return locks.lock(new LockConfiguration(clock.instant(), WORK, HELD, Duration.ZERO));
  }

  private void report(LocalDate day, LongConsumer begun) throws SQLException, InterruptedException {
    NightlyReport report = nights.run(day, begun);
    newest = report.createdAt();
    webhook.tell(report);
  }

  private void look() throws SQLException, InterruptedException {
    reports.latest(1).forEach(report -> newest = report.createdAt());
    if (nights.due().isPresent()) {
      Optional<SimpleLock> lock = lock();
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
      report(day.get(), run -> {});
    }
  }

  private double age() {
    Instant at = newest;
    return at == null ? Double.NaN : Duration.between(at, clock.instant()).toMillis() / 1e3;
  }
}
