package io.crossfade.router.history;

import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.RouterHistory.Event;
import io.crossfade.db.control.RouterHistory.Happened;
import io.crossfade.router.history.Mark.Sort;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes marks of what is recorded. Pure. */
final class Marks {

  /** A router that has counted nothing for so long is gone. */
  private static final Duration SILENT = Duration.ofMinutes(1);

  private static final String ROUTERS = "/console/rollout#routers";
  private static final String STREAMS = "/console/streams";

  private Marks() {}

  /** What belongs together: a change of all kinds is one. */
  private record Change(Instant at, @Nullable String version, String what) {}

  /**
   * Of changes of the flags.
   *
   * @param acts the newest first
   */
  static List<Mark> ofChanges(List<AuditLog.Entry> acts) {
    Map<Change, List<AuditLog.Entry>> together = new LinkedHashMap<>();
    for (AuditLog.Entry entry : acts.reversed()) {
      AuditLog.Act act = entry.act();
      together
          .computeIfAbsent(
              new Change(entry.at(), act.object(), String.valueOf(act.detail())),
              change -> new ArrayList<>())
          .add(entry);
    }
    return together.entrySet().stream().map(one -> change(one.getKey(), one.getValue())).toList();
  }

  private static Mark change(Change change, List<AuditLog.Entry> acts) {
    // Only a rollback has a receipt.
    boolean back = acts.stream().anyMatch(entry -> entry.act().receipt() != null);
    return new Mark(
        back ? Sort.ROLLBACK : Sort.CHANGE,
        change.at(),
        null,
        false,
        acts.stream()
            .map(entry -> entry.act().kind())
            .filter(Objects::nonNull)
            .flatMap(kind -> Kind.ofName(kind).stream())
            .toList(),
        List.of(change.what(), acts.getFirst().act().actor()),
        "/console/audit/" + acts.getFirst().id());
  }

  /**
   * Of what happened to routers.
   *
   * @param events by time, from so far back that what lasts has begun in them
   * @param countedUntil of the routers that counted lately
   */
  static List<Mark> ofRouters(
      List<Happened> events, Map<String, Instant> countedUntil, Instant now) {
    List<Mark> marks = new ArrayList<>();
    Map<String, Happened> away = new HashMap<>();
    Map<String, Instant> silent = silent(events, countedUntil, now);
    String release = null;
    for (Happened event : events) {
      String router = event.instance();
      String breaker = router + " " + Sort.REDIS_AWAY;
      String control = router + " " + Sort.CONTROL_AWAY;
      switch (event.event()) {
        case STARTED -> {
          String started = String.valueOf(event.detail());
          boolean other = release != null && !release.equals(started);
          release = started;
          marks.add(at(other ? Sort.DEPLOYED : Sort.STARTED, event, router, started));
        }
        case STOPPED -> {
          marks.add(at(Sort.STOPPED, event, router));
          end(marks, away.remove(breaker), Sort.REDIS_AWAY, event.at());
          end(marks, away.remove(control), Sort.CONTROL_AWAY, event.at());
        }
        case BREAKER_OPENED -> away.putIfAbsent(breaker, event);
        case BREAKER_CLOSED -> end(marks, away.remove(breaker), Sort.REDIS_AWAY, event.at());
        case CONTROL_LOST -> away.putIfAbsent(control, event);
        case CONTROL_FOUND -> end(marks, away.remove(control), Sort.CONTROL_AWAY, event.at());
      }
    }
    away.forEach(
        (what, since) ->
            end(
                marks,
                since,
                what.endsWith(Sort.REDIS_AWAY.name()) ? Sort.REDIS_AWAY : Sort.CONTROL_AWAY,
                silent.get(since.instance())));
    silent.forEach(
        (router, at) ->
            marks.add(new Mark(Sort.SILENT, at, null, false, List.of(), List.of(router), ROUTERS)));
    return marks;
  }

  /** Since when each of those that did not stop counted nothing. */
  private static Map<String, Instant> silent(
      List<Happened> events, Map<String, Instant> countedUntil, Instant now) {
    Map<String, Instant> silent = new HashMap<>();
    countedUntil.forEach(
        (router, until) -> {
          if (until.plus(SILENT).isBefore(now)) {
            silent.put(router, until);
          }
        });
    events.stream()
        .filter(event -> event.event() == Event.STOPPED)
        .forEach(event -> silent.remove(event.instance()));
    return silent;
  }

  private static Mark at(Sort sort, Happened event, String... values) {
    return new Mark(sort, event.at(), null, false, List.of(), List.of(values), ROUTERS);
  }

  /**
   * @param until {@code null} while it lasts
   */
  private static void end(
      List<Mark> marks, @Nullable Happened since, Sort sort, @Nullable Instant until) {
    if (since != null) {
      marks.add(
          new Mark(
              sort,
              since.at(),
              until,
              until == null,
              List.of(),
              List.of(since.instance()),
              sort == Sort.REDIS_AWAY ? STREAMS : ROUTERS));
    }
  }

  /** Those that touch a time, the oldest first, and the newest so many at most. */
  static List<Mark> between(Instant from, Instant to, int most, Stream<Mark> marks) {
    List<Mark> all =
        marks
            .filter(mark -> mark.touches(from, to))
            .sorted(Comparator.comparing(Mark::at).thenComparing(Mark::sort))
            .toList();
    return all.subList(Math.max(0, all.size() - most), all.size());
  }
}
