package io.crossfade.router.history;

import io.crossfade.db.InstanceName;
import io.crossfade.db.control.RouterHistory;
import io.crossfade.db.control.RouterHistory.Event;
import io.crossfade.db.control.RouterHistory.Happened;
import io.crossfade.db.logging.OutageLog;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.router.RouterLoop;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Counts what this router does, slice by slice, and keeps it in the control schema; while that is
 * away, an hour of it waits in memory and is kept at its own time afterwards. One thread counts and
 * another one keeps: a database that hangs does not stop the count. What a router that is killed
 * counted in its last seconds is not known.
 */
public final class HistoryKeeper implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HistoryKeeper.class);

  /** Slices end at multiples of it. */
  private static final Duration COUNT_EVERY = Duration.ofSeconds(2);

  private static final Duration KEEP_EVERY = Duration.ofSeconds(5);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(2);

  /** Of what happened and waits to be kept; the oldest go first. */
  private static final int MOST_EVENTS = 1_000;

  private final RouterHistory history;
  private final InstanceName self;
  private final String release;
  private final RouterReadings readings;
  private final InstantSource clock;
  private final Loops loops;
  private final HistoryCounts counts;
  private final OutageLog outage =
      new OutageLog(log, "Cannot keep what this router counts, and holds it in memory");
  private final Deque<Happened> events = new ArrayDeque<>();
  private boolean breakerOpen;
  private @Nullable SupervisedLoop counting;
  private @Nullable SupervisedLoop keeping;

  /** Since when nothing could be kept; of the thread that keeps. */
  private @Nullable Instant awaySince;

  HistoryKeeper(
      RouterHistory history,
      InstanceName self,
      String release,
      RouterReadings readings,
      CircuitBreaker breaker,
      InstantSource clock,
      Loops loops) {
    this.history = history;
    this.self = self;
    this.release = release;
    this.readings = readings;
    this.clock = clock;
    this.loops = loops;
    this.counts = new HistoryCounts(clock.instant());
    breaker
        .getEventPublisher()
        .onStateTransition(event -> breakerIs(event.getStateTransition().getToState()));
  }

  /** Begins. */
  void start() {
    happened(clock.instant(), Event.STARTED, release);
    counting =
        loops.start(
            RouterLoop.HISTORY_COUNT,
            "",
            self -> {
              if (self.rest(untilNextCount())) {
                counts.read(clock.instant(), readings.now());
              }
              return Next.again();
            });
    keeping =
        loops.startDraining(
            RouterLoop.HISTORY_KEEP,
            "",
            self -> {
              boolean last = self.stopping();
              boolean kept = keep();
              return last && kept ? Next.end() : Next.after(KEEP_EVERY);
            });
  }

  /** After all that accepts and writes has stopped. */
  @Override
  public void close() {
    SupervisedLoop counted = counting;
    SupervisedLoop kept = keeping;
    if (counted == null || kept == null) {
      return;
    }
    counted.stop(STOP_PATIENCE);
    counts.read(clock.instant(), readings.ofThisProcess());
    happened(clock.instant(), Event.STOPPED, null);
    kept.stop(STOP_PATIENCE);
  }

  private Duration untilNextCount() {
    long every = COUNT_EVERY.toMillis();
    return Duration.ofMillis(every - Math.floorMod(clock.instant().toEpochMilli(), every));
  }

  /** Half open is still open: nobody says yet that Redis is well. */
  private synchronized void breakerIs(CircuitBreaker.State state) {
    boolean open =
        switch (state) {
          case OPEN, HALF_OPEN, FORCED_OPEN -> true;
          case CLOSED, DISABLED, METRICS_ONLY -> false;
        };
    if (open != breakerOpen) {
      breakerOpen = open;
      happened(clock.instant(), open ? Event.BREAKER_OPENED : Event.BREAKER_CLOSED, null);
    }
  }

  private synchronized void happened(Instant at, Event event, @Nullable String detail) {
    events.addLast(new Happened(at, self.text(), event, detail));
    if (events.size() > MOST_EVENTS) {
      events.removeFirst();
    }
  }

  private synchronized List<Happened> waiting() {
    return List.copyOf(events);
  }

  private synchronized void keptEvents(List<Happened> done) {
    events.removeAll(done);
  }

  /** Whether all could be kept. */
  private boolean keep() throws SQLException {
    Instant begun = clock.instant();
    Instant away = awaySince;
    HistoryCounts.Unkept unkept = counts.unkept();
    List<Happened> open = waiting();
    try {
      history.keep(self, unkept.counted(), open);
    } catch (SQLException | DataAccessException | TransactionException e) {
      awaySince = away == null ? begun : away;
      outage.failed(e.toString());
      return false;
    }
    counts.kept(unkept);
    keptEvents(open);
    if (away != null) {
      awaySince = null;
      happened(away, Event.CONTROL_LOST, null);
      happened(clock.instant(), Event.CONTROL_FOUND, null);
      outage.worked();
    }
    return true;
  }
}
