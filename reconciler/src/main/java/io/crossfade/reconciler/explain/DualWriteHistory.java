package io.crossfade.reconciler.explain;

import io.crossfade.db.Kind;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.db.control.FlagChange;
import io.crossfade.db.control.FlagChanges;
import io.crossfade.db.control.FlagSwitches;
import io.crossfade.db.control.RecordedFlags;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When a kind was written twice, from the recorded changes of its flags. What is not known excuses
 * nothing: without any record, and where one cannot be read, a record was neither surely written
 * once nor surely twice.
 */
public final class DualWriteHistory {

  /** Whether records were written twice. */
  enum State {
    ON,
    OFF,
    UNKNOWN;

    static State of(boolean on) {
      return on ? ON : OFF;
    }
  }

  /** Until every router routes by changed flags, and clocks that differ a little. */
  private static final Duration FLIP = Duration.ofSeconds(2);

  private static final Logger log = LoggerFactory.getLogger(DualWriteHistory.class);

  private record Since(Instant from, State state) {}

  /** From a decision until its record some routers routed by it, whatever the flags said. */
  private record Ahead(Instant from, Instant to, State state) {}

  /** In order, each with another state than the one before. */
  private final List<Since> states = new ArrayList<>();

  private final List<Ahead> ahead = new ArrayList<>();

  private DualWriteHistory() {}

  /**
   * @param since from when on dual write was on, off, or nobody knows
   */
  DualWriteHistory(SortedMap<Instant, State> since) {
    since.forEach(this::add);
  }

  /**
   * The next moment at which some kind begins or ends to be written for certain once, or twice: a
   * window that ends there has rows of one sort.
   *
   * @param control the control schema, where flags and their changes are
   */
  public static Optional<Instant> edgeAfter(DataSource control, Instant moment) {
    return Stream.of(Kind.values())
        .flatMap(kind -> read(control, kind).edgeAfter(moment).stream())
        .min(Comparator.naturalOrder());
  }

  /**
   * What the control schema says of a kind.
   *
   * @param control where flags and their changes are
   */
  public static DualWriteHistory read(DataSource control, Kind kind) {
    FlagChanges changes = new FlagChanges(control);
    FlagSwitches switches = new FlagSwitches(control);
    return new ControlTransactions(control)
        .forLongQuestions()
        .in(
            () ->
                of(
                    changes.of(kind).stream().map(DualWriteHistory::change).toList(),
                    // Since the last change, or ever when there was none.
                    switches
                        .find(FlagSwitches.dualWrite(kind))
                        .map(now -> State.of(now.enabled()))
                        .orElse(State.UNKNOWN)));
  }

  /** Whether some router may have written a record of that moment once only. */
  boolean offAt(Instant accepted) {
    return around(accepted, accepted.plus(FLIP).plusNanos(1)).contains(State.OFF);
  }

  /** Whether every router wrote a record of that moment twice. */
  public boolean onAt(Instant accepted) {
    return around(accepted, accepted.plus(FLIP).plusNanos(1)).equals(EnumSet.of(State.ON));
  }

  /** Whether no router can have written a record of {@code [from, to)} twice. */
  boolean offThroughout(Instant from, Instant to) {
    return around(from, to.plus(FLIP)).equals(EnumSet.of(State.OFF));
  }

  /**
   * The states by which routers may have routed from a little before a moment until before another.
   */
  private EnumSet<State> around(Instant moment, Instant before) {
    Instant since = moment.minus(FLIP);
    EnumSet<State> among = EnumSet.noneOf(State.class);
    State first = State.UNKNOWN;
    for (Since next : states) {
      if (!next.from().isAfter(since)) {
        first = next.state();
      } else if (next.from().isBefore(before)) {
        among.add(next.state());
      }
    }
    among.add(first);
    for (Ahead one : ahead) {
      if (one.from().isBefore(before) && one.to().isAfter(since)) {
        among.add(one.state());
      }
    }
    return among;
  }

  /**
   * The next moment from which it is not certain whether records are written twice, or is again.
   */
  Optional<Instant> edgeAfter(Instant moment) {
    return Stream.concat(
            states.stream().map(Since::from).filter(change -> change.isAfter(Instant.MIN)),
            ahead.stream().flatMap(one -> Stream.of(one.from(), one.to())))
        .flatMap(change -> Stream.of(change.minus(FLIP), change.plus(FLIP)))
        .filter(edge -> edge.isAfter(moment))
        .min(Comparator.naturalOrder());
  }

  /**
   * A recorded change.
   *
   * @param decided from when on a router may have routed by it; before {@code at} where the
   *     database was away when it was decided
   * @param before what the flags were; a system's first flags were none before, and no router had
   *     routed by others
   */
  record Change(long id, Instant decided, Instant at, boolean first, State before, State after) {}

  static DualWriteHistory of(List<Change> changes, State now) {
    DualWriteHistory history = new DualWriteHistory();
    Instant from = Instant.MIN;
    State state = changes.isEmpty() ? now : State.UNKNOWN;
    for (Change change : changes) {
      State known = change.first() ? change.after() : change.before();
      // What one change leaves behind, the next one found.
      history.add(from, state == State.UNKNOWN ? known : state);
      // In the order in which they were made, whatever the clocks of two routers said.
      from = change.at().isBefore(from) ? from : change.at();
      state = change.after();
      if (change.decided().isBefore(change.at())) {
        history.ahead.add(new Ahead(change.decided(), change.at(), state));
      }
    }
    history.add(from, state == State.UNKNOWN ? now : state);
    return history;
  }

  private void add(Instant from, State state) {
    if (states.isEmpty() || states.getLast().state() != state) {
      states.add(new Since(from, state));
    }
  }

  private static Change change(FlagChange recorded) {
    return new Change(
        recorded.id(),
        recorded.decided(),
        recorded.changedAt(),
        recorded.first(),
        dualWrite(recorded.id(), recorded.before()),
        dualWrite(recorded.id(), recorded.after()));
  }

  private static State dualWrite(long change, RecordedFlags flags) {
    Boolean on = flags.dualWrite();
    if (on != null) {
      return State.of(on);
    }
    log.warn(
        "The flags of recorded change {} do not say whether dual write was on; the change is put"
            + " aside, and what it alone would excuse counts as a difference",
        change);
    return State.UNKNOWN;
  }
}
