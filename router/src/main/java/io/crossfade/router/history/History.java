package io.crossfade.router.history;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.RouterHistory;
import io.crossfade.db.control.RouterHistory.Resolution;
import io.crossfade.db.control.RouterHistory.Summed;
import io.crossfade.router.process.OneForAll;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.TransactionException;

/** What all routers counted lately, and what happened meanwhile. */
public final class History {

  /** A week. */
  public static final int MOST_MINUTES = 7 * 24 * 60;

  /** More are shown in slices of ten minutes. */
  private static final int FINE_MINUTES = 60;

  /** A router may keep so late what it counted in a slice. */
  private static final Duration KEPT_AFTER = Duration.ofSeconds(8);

  /** What is new comes in slices of ten seconds. */
  private static final Duration KNOWN_FOR = Duration.ofSeconds(1);

  private static final int MOST_MARKS = 500;
  private static final int MOST_EVENTS = 10_000;

  /**
   * A time, in slices of one length.
   *
   * @param from begin of the first slice
   * @param to end of the last one
   * @param lines of every kind and path
   * @param marks what happened, the oldest first
   */
  public record Past(
      Resolution resolution, Instant from, Instant to, List<Line> lines, List<Mark> marks) {

    /** Whether no router counted anything. */
    public boolean isEmpty() {
      return lines.stream().flatMap(line -> line.slices().stream()).allMatch(Objects::isNull);
    }

    /** Begin of a slice. */
    public Instant at(int slice) {
      return from.plus(resolution.slice().multipliedBy(slice));
    }

    /** How many slices there are. */
    public int size() {
      return Math.toIntExact(Duration.between(from, to).dividedBy(resolution.slice()));
    }
  }

  /**
   * One curve.
   *
   * @param slices {@code null} where no router counted
   */
  public record Line(Kind kind, DeliveryPath path, List<@Nullable Summed> slices) {}

  private final RouterHistory history;
  private final AuditLog audit;
  private final InstantSource clock;

  /** Of every overview that is open; of a database that hangs they hear together, too. */
  private final OneForAll<Supplier<Past>> lastHour =
      new OneForAll<>(this::askOfLastHour, KNOWN_FOR, System::nanoTime);

  History(RouterHistory history, AuditLog audit, InstantSource clock) {
    this.history = history;
    this.audit = audit;
    this.clock = clock;
  }

  /**
   * The last minutes, up to what all routers have kept.
   *
   * @param minutes from 1 to {@link #MOST_MINUTES}; beyond an hour, rounded up to slices of ten
   * @throws IllegalArgumentException for others
   * @throws org.springframework.dao.DataAccessException when the control schema does not answer
   */
  public Past last(int minutes) {
    if (minutes < 1 || minutes > MOST_MINUTES) {
      throw new IllegalArgumentException(
          "minutes must be from 1 to %d, not %d".formatted(MOST_MINUTES, minutes));
    }
    return minutes == FINE_MINUTES ? lastHour.get().get() : ask(minutes);
  }

  private Supplier<Past> askOfLastHour() {
    try {
      Past past = ask(FINE_MINUTES);
      return () -> past;
    } catch (DataAccessException | TransactionException e) {
      return () -> {
        throw e;
      };
    }
  }

  private Past ask(int minutes) {
    Instant now = clock.instant();
    Resolution resolution = minutes <= FINE_MINUTES ? Resolution.FINE : Resolution.COARSE;
    Instant to = resolution.floor(now.minus(KEPT_AFTER));
    Instant from =
        resolution.floor(
            to.minus(Duration.ofMinutes(minutes)).plus(resolution.slice()).minusMillis(1));
    Past nothing = new Past(resolution, from, to, List.of(), List.of());
    return new Past(
        resolution, from, to, lines(nothing, history.sums(resolution, from, to)), marks(from, now));
  }

  private static List<Line> lines(Past of, List<Summed> sums) {
    List<Line> lines = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (DeliveryPath path : DeliveryPath.values()) {
        @Nullable Summed[] slices = new Summed[of.size()];
        for (Summed sum : sums) {
          if (sum.kind().equals(kind) && sum.path() == path) {
            long slice = Duration.between(of.from(), sum.from()).dividedBy(of.resolution().slice());
            slices[Math.toIntExact(slice)] = sum;
          }
        }
        lines.add(new Line(kind, path, Arrays.asList(slices)));
      }
    }
    return lines;
  }

  /** Also those that are newer than the last slice. */
  private List<Mark> marks(Instant from, Instant now) {
    AuditLog.Filter changes = new AuditLog.Filter(null, Action.FLAGS, null, from, null);
    return Marks.between(
        from,
        now.plusMillis(1),
        MOST_MARKS,
        Stream.concat(
            Marks.ofChanges(audit.newest(changes, null, MOST_MARKS)).stream(),
            Marks.ofRouters(
                history.events(MOST_EVENTS),
                history.countedUntil(now.minus(Resolution.COARSE.kept())),
                now)
                .stream()));
  }
}
