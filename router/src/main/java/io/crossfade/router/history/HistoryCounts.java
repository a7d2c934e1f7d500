package io.crossfade.router.history;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.control.RouterHistory.Counted;
import io.crossfade.db.control.RouterHistory.Figures;
import io.crossfade.db.control.RouterHistory.Resolution;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts what counters say into slices of time, and holds these until they are kept: as many as
 * memory should be given to, the oldest go first. What was counted between two readings belongs to
 * the slice that the middle between them is in. Pure but for what it holds; for many threads.
 */
final class HistoryCounts {

  /** Of whom something is counted. */
  record Part(Kind kind, DeliveryPath path) {}

  /**
   * What the counters of a process say, since its start, and what waits now.
   *
   * @param waiting {@code null} when it is not known
   * @param oldestMillis {@code null} for none, and when it is not known
   */
  record Reading(
      long accepted,
      long written,
      long fellBack,
      long refused,
      @Nullable Long waiting,
      @Nullable Long oldestMillis) {

    static final Reading NONE = new Reading(0, 0, 0, 0, null, null);
  }

  /**
   * Slices that are not kept yet, in the state that they were in.
   *
   * @param states how often each had changed
   */
  record Unkept(List<Counted> counted, Map<Resolution, Map<Instant, Integer>> states) {}

  /** One slice; {@code changes} and {@code kept} say whether it has to be kept again. */
  private static final class Slice {
    private final Map<Part, Figures> figures = new HashMap<>();
    private int changes;
    private int kept;
  }

  private final Map<Resolution, NavigableMap<Instant, Slice>> slices =
      new EnumMap<>(Resolution.class);
  private Map<Part, Reading> last = Map.of();
  private Instant readAt;

  /**
   * @param start of the process, when all counters were 0
   */
  HistoryCounts(Instant start) {
    this.readAt = start;
    for (Resolution resolution : Resolution.values()) {
      slices.put(resolution, new TreeMap<>());
    }
  }

  /** Takes a reading of all counters. */
  synchronized void read(Instant now, Map<Part, Reading> readings) {
    // A clock that was set back does not open again what is kept.
    Instant at = now.isBefore(readAt) ? readAt : now;
    Instant middle = readAt.plus(Duration.between(readAt, at).dividedBy(2));
    slices.forEach((resolution, held) -> add(resolution, held, middle, readings));
    last = Map.copyOf(readings);
    readAt = at;
  }

  private void add(
      Resolution resolution,
      NavigableMap<Instant, Slice> held,
      Instant at,
      Map<Part, Reading> readings) {
    Slice slice = held.computeIfAbsent(resolution.floor(at), from -> new Slice());
    readings.forEach(
        (part, now) -> {
          Reading before = last.getOrDefault(part, Reading.NONE);
          Figures sofar = slice.figures.getOrDefault(part, new Figures(0, 0, 0, 0, null, null));
          Figures after =
              new Figures(
                  sofar.accepted() + now.accepted() - before.accepted(),
                  sofar.written() + now.written() - before.written(),
                  sofar.fellBack() + now.fellBack() - before.fellBack(),
                  sofar.refused() + now.refused() - before.refused(),
                  now.waiting(),
                  now.oldestMillis());
          if (!after.equals(slice.figures.put(part, after))) {
            slice.changes++;
          }
        });
    while (held.size() > most(resolution)) {
      held.pollFirstEntry();
    }
  }

  /** An hour of fine slices, and a week of coarse ones: what anybody asks for. */
  static int most(Resolution resolution) {
    Duration asked =
        switch (resolution) {
          case FINE -> Duration.ofHours(1);
          case COARSE -> Duration.ofDays(7);
        };
    return (int) asked.dividedBy(resolution.slice());
  }

  /** What has changed since it was kept. */
  synchronized Unkept unkept() {
    List<Counted> counted = new ArrayList<>();
    Map<Resolution, Map<Instant, Integer>> states = new EnumMap<>(Resolution.class);
    slices.forEach(
        (resolution, held) ->
            held.forEach(
                (from, slice) -> {
                  if (slice.changes > slice.kept) {
                    slice.figures.forEach(
                        (part, figures) ->
                            counted.add(
                                new Counted(resolution, from, part.kind(), part.path(), figures)));
                    states
                        .computeIfAbsent(resolution, of -> new HashMap<>())
                        .put(from, slice.changes);
                  }
                }));
    return new Unkept(counted, states);
  }

  /** Says that they are kept: what is not changed again and is over is forgotten here. */
  synchronized void kept(Unkept done) {
    done.states()
        .forEach(
            (resolution, states) -> {
              NavigableMap<Instant, Slice> held = slices.get(resolution);
              if (held == null) {
                return;
              }
              states.forEach(
                  (from, changes) -> {
                    Slice slice = held.get(from);
                    if (slice != null) {
                      slice.kept = changes;
                    }
                  });
              Instant open = held.isEmpty() ? Instant.MAX : held.lastKey();
              held.headMap(open).values().removeIf(slice -> slice.kept == slice.changes);
            });
  }
}
