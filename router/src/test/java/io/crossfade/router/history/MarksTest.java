package io.crossfade.router.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.crossfade.db.Kind;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import io.crossfade.db.control.AuditLog.Entry;
import io.crossfade.db.control.RouterHistory.Event;
import io.crossfade.db.control.RouterHistory.Happened;
import io.crossfade.router.history.Mark.Sort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MarksTest {

  private static final Instant NOW = Instant.parse("2026-11-28T02:00:00Z");

  @Test
  void changeOfAllKindsIsOneMarkAndARollbackIsKnownByItsReceipt() {
    Entry health = entry(1, 30, "version 7", "operator: legacy → shadow", Kind.HEALTH, null);
    Entry event = entry(2, 30, "version 7", "operator: legacy → shadow", Kind.EVENT, null);
    Entry back = entry(3, 10, "version 8", "rollback: shadow → legacy", Kind.EVENT, "r-1");

    assertThat(Marks.ofChanges(List.of(back, event, health)))
        .extracting(Mark::sort, Mark::at, Mark::kinds, Mark::page)
        .containsExactly(
            tuple(Sort.CHANGE, ago(30), List.of(Kind.HEALTH, Kind.EVENT), "/console/audit/1"),
            tuple(Sort.ROLLBACK, ago(10), List.of(Kind.EVENT), "/console/audit/3"));
  }

  @Test
  void outageLastsUntilItIsOverOrItsRouterIsGone() {
    List<Happened> events =
        List.of(
            event(60, "one", Event.STARTED, "1"),
            event(55, "two", Event.STARTED, "1"),
            event(50, "one", Event.BREAKER_OPENED, null),
            event(49, "two", Event.BREAKER_OPENED, null),
            event(48, "three", Event.BREAKER_OPENED, null),
            event(40, "one", Event.BREAKER_CLOSED, null),
            event(30, "two", Event.STOPPED, null),
            event(20, "one", Event.CONTROL_LOST, null),
            event(15, "four", Event.BREAKER_OPENED, null));
    Map<String, Instant> counted =
        Map.of("one", NOW, "two", ago(30), "three", ago(35), "four", NOW);

    assertThat(Marks.ofRouters(events, counted, NOW))
        .filteredOn(mark -> mark.sort() == Sort.REDIS_AWAY || mark.sort() == Sort.CONTROL_AWAY)
        .extracting(Mark::sort, Mark::values, Mark::at, Mark::until, Mark::lasts)
        .containsExactlyInAnyOrder(
            tuple(Sort.REDIS_AWAY, List.of("one"), ago(50), ago(40), false),
            tuple(Sort.REDIS_AWAY, List.of("two"), ago(49), ago(30), false),
            tuple(Sort.REDIS_AWAY, List.of("three"), ago(48), ago(35), false),
            tuple(Sort.REDIS_AWAY, List.of("four"), ago(15), null, true),
            tuple(Sort.CONTROL_AWAY, List.of("one"), ago(20), null, true));
  }

  @Test
  void startWithAnotherReleaseIsADeploymentAndWhoNeitherCountsNorStoppedIsSilent() {
    List<Happened> events =
        List.of(
            event(60, "one", Event.STARTED, "1"),
            event(50, "two", Event.STARTED, "2"),
            event(40, "three", Event.STARTED, "2"),
            event(39, "one", Event.STOPPED, null));
    Map<String, Instant> counted =
        Map.of("one", ago(39), "two", ago(20), "three", NOW.minusSeconds(10));

    assertThat(Marks.ofRouters(events, counted, NOW))
        .extracting(Mark::sort, mark -> mark.values().getFirst(), Mark::at)
        .containsExactlyInAnyOrder(
            tuple(Sort.STARTED, "one", ago(60)),
            tuple(Sort.DEPLOYED, "two", ago(50)),
            tuple(Sort.STARTED, "three", ago(40)),
            tuple(Sort.STOPPED, "one", ago(39)),
            tuple(Sort.SILENT, "two", ago(20)));
  }

  @Test
  void onlyWhatTouchesTheTimeIsShownAndTheNewestOfIt() {
    List<Happened> events =
        List.of(
            event(90, "one", Event.STARTED, "1"),
            event(80, "one", Event.BREAKER_OPENED, null),
            event(50, "one", Event.BREAKER_CLOSED, null),
            event(40, "one", Event.CONTROL_LOST, null),
            event(20, "one", Event.STOPPED, null));
    List<Mark> all = Marks.ofRouters(events, Map.of(), NOW);

    assertThat(Marks.between(ago(60), NOW, 10, all.stream()))
        .extracting(Mark::sort)
        .containsExactly(Sort.REDIS_AWAY, Sort.CONTROL_AWAY, Sort.STOPPED);
    assertThat(Marks.between(ago(60), NOW, 1, all.stream()))
        .extracting(Mark::sort)
        .containsExactly(Sort.STOPPED);
  }

  private static Entry entry(
      long id, int minutes, String version, String detail, Kind kind, @Nullable String receipt) {
    Instant at = ago(minutes);
    Act act =
        Act.of("ann", Action.FLAGS).at(at).ofKind(kind).on(version).detail(detail).receipt(receipt);
    return new Entry(id, at, act);
  }

  private static Happened event(
      int minutes, String instance, Event event, @Nullable String detail) {
    return new Happened(ago(minutes), instance, event, detail);
  }

  private static Instant ago(int minutes) {
    return NOW.minus(Duration.ofMinutes(minutes));
  }
}
