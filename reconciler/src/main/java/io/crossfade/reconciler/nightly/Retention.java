package io.crossfade.reconciler.nightly;

import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.reconciler.Comparisons;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Forgets old runs, their reports, what explained their differences, accounts, and dead letters
 * that somebody has dealt with: on one router at a time, in slices with rests between, whether or
 * not there is a night. What nobody has dealt with is never forgotten.
 */
public final class Retention implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Retention.class);
  private static final String WORK = "retention";

  /** Another router takes over so long after the one at work died. */
  private static final Duration HELD = Duration.ofMinutes(1);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(5);

  /** Rows in one transaction. */
  private static final int AT_ONCE = 1_000;

  /** Devices' rows are written to the same server. */
  private static final Duration REST = Duration.ofMillis(50);

  /** Rows of one table that are older than an age. */
  private record Old(String delete, Duration age) {}

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Comparisons comparisons;
  private final RetentionSettings settings;
  private final List<Old> old;
  private final LockProvider locks;
  private final InstantSource clock;
  private final Loops loops;
  private @Nullable SupervisedLoop loop;

  Retention(
      DataSource control,
      Comparisons comparisons,
      RetentionSettings settings,
      LockProvider locks,
      InstantSource clock,
      Loops loops) {
    this.jdbc = JdbcClient.create(control);
    this.transaction = new TransactionTemplate(new JdbcTransactionManager(control));
    this.comparisons = comparisons;
    this.settings = settings;
    this.old =
        List.of(
            new Old("accounting WHERE minute_at < ?", settings.accounts()),
            new Old("accounted_segment WHERE accounted_at < ?", settings.accounts()),
            new Old("lost_record WHERE accepted_at < ?", settings.runs()),
            new Old("dropped_mirror WHERE dropped_at < ?", settings.runs()),
            new Old("refused_record WHERE refused_at < ?", settings.runs()),
            new Old(
                "dead_letter WHERE state <> 'OPEN' AND closed_at < ? AND last_at < closed_at",
                settings.letters()));
    this.locks = locks;
    this.clock = clock;
    this.loops = loops;
  }

  /** Begins. */
  public void start() {
    loop =
        loops.start(
            RetentionLoop.RETENTION,
            "",
            self -> {
              look(self);
              return Next.after(settings.every());
            });
  }

  /** Leaves the rest to the next router. */
  @Override
  public void close() {
    SupervisedLoop started = loop;
    if (started != null) {
      started.stop(STOP_PATIENCE);
    }
  }

  private void look(SupervisedLoop self) throws InterruptedException {
    Optional<SimpleLock> lock =
        locks.lock(new LockConfiguration(clock.instant(), WORK, HELD, Duration.ZERO));
    if (lock.isPresent()) {
      try {
        forget(self);
      } finally {
        lock.get().unlock();
      }
    }
  }

  private void forget(SupervisedLoop self) throws InterruptedException {
    Instant now = clock.instant();
    long forgotten = 0;
    int deleted;
    do {
      deleted = comparisons.forgetSome(now.minus(settings.runs()), AT_ONCE);
      forgotten += deleted;
    } while (deleted > 0 && self.rest(REST));
    for (Old of : old) {
      do {
        deleted = delete(of, now.minus(of.age()));
        forgotten += deleted;
      } while (deleted == AT_ONCE && self.rest(REST));
    }
    if (forgotten > 0) {
      log.info("Forgot {} old rows of runs, notes, accounts and closed letters", forgotten);
    }
  }

  private int delete(Old of, Instant before) {
    Integer deleted =
        transaction.execute(
            status ->
                jdbc.sql("DELETE FROM " + of.delete() + " LIMIT " + AT_ONCE)
                    .param(LocalDateTime.ofInstant(before, ZoneOffset.UTC))
                    .update());
    return deleted == null ? 0 : deleted;
  }
}
