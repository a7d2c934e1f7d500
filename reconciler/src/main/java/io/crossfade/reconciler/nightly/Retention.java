package io.crossfade.reconciler.nightly;

import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.DeadLetterDesk;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.LostRecords;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.db.control.RouterHistory;
import io.crossfade.db.control.RouterHistory.Resolution;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.accounting.AccountBook;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

  /** Forgets rows that are older than a moment. */
  private interface Forget {
    /** How many were forgotten, so many at most. */
    int before(Instant moment, int most) throws SQLException;
  }

  /** Rows of one sort that are older than an age. */
  private record Old(Forget rows, Duration age) {

    static Old slices(RouterHistory history, Resolution resolution) {
      return new Old((moment, most) -> history.forget(resolution, moment, most), resolution.kept());
    }
  }

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
    AccountBook book = new AccountBook(control);
    RouterHistory history = new RouterHistory(control);
    this.comparisons = comparisons;
    this.settings = settings;
    this.old =
        List.of(
            new Old(book::forgetAccounts, settings.accounts()),
            new Old(book::forgetSegments, settings.accounts()),
            new Old(new LostRecords(control)::forget, settings.runs()),
            new Old(new DroppedMirrors(control)::forget, settings.runs()),
            new Old(new RefusedRecords(control)::forget, settings.runs()),
            new Old(new DeadLetterDesk(control)::forgetClosed, settings.letters()),
            new Old(new AuditLog(control)::forget, settings.audit()),
            Old.slices(history, Resolution.FINE),
            Old.slices(history, Resolution.COARSE),
            new Old(history::forgetEvents, Resolution.COARSE.kept()));
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

  private void look(SupervisedLoop self) throws InterruptedException, SQLException {
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

  private void forget(SupervisedLoop self) throws InterruptedException, SQLException {
    Instant now = clock.instant();
    long forgotten = 0;
    int deleted;
    do {
      deleted = comparisons.forgetSome(now.minus(settings.runs()), AT_ONCE);
      forgotten += deleted;
    } while (deleted > 0 && self.rest(REST));
    for (Old of : old) {
      do {
        deleted = of.rows().before(now.minus(of.age()), AT_ONCE);
        forgotten += deleted;
      } while (deleted == AT_ONCE && self.rest(REST));
    }
    if (forgotten > 0) {
      log.info(
          "Forgot {} old rows of runs, notes, accounts, closed letters, the audit log and the"
              + " history",
          forgotten);
    }
  }
}
