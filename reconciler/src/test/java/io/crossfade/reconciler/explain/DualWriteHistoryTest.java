package io.crossfade.reconciler.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.reconciler.explain.DualWriteHistory.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DualWriteHistoryTest {

  private static final Instant ON = Instant.parse("2026-11-25T08:00:00Z");
  private static final Instant OFF = ON.plusSeconds(600);
  private static final Instant LONG_AGO = ON.minusSeconds(86_400);
  private static final Instant LATER = OFF.plusSeconds(86_400);

  private final DualWriteHistory history =
      history(Instant.MIN, State.OFF, ON, State.ON, OFF, State.OFF);

  @Test
  void offThroughoutEndsWhereSomeRouterMayHaveWrittenTwice() {
    assertThat(history.offThroughout(LONG_AGO, ON.minusSeconds(3))).isTrue();
    assertThat(history.offThroughout(LONG_AGO, ON.minusSeconds(1))).as("clocks differ").isFalse();
    assertThat(history.offThroughout(OFF.plusSeconds(1), LATER)).as("clocks differ").isFalse();
    assertThat(history.offThroughout(OFF.plusSeconds(3), LATER)).isTrue();
  }

  @Test
  void offThroughoutIsNotWhatWasOnForAWhile() {
    assertThat(history.offThroughout(LONG_AGO, LATER)).isFalse();
    assertThat(history.offThroughout(ON.plusSeconds(60), OFF.minusSeconds(60))).isFalse();
    assertThat(history.offThroughout(ON.plusSeconds(60), LATER)).isFalse();
  }

  @Test
  void nothingIsKnownWithoutARecord() {
    assertThat(history().offThroughout(LONG_AGO, LATER)).isFalse();
  }

  @Test
  void edgesAreWhereSomeRouterMayHaveChangedAlready() {
    DualWriteHistory raised =
        history(Instant.MIN, State.OFF, ON, State.ON, ON.plusSeconds(60), State.ON, OFF, State.OFF);
    List<Instant> edges = new ArrayList<>();
    Optional<Instant> edge = raised.edgeAfter(LONG_AGO);
    while (edge.isPresent()) {
      edges.add(edge.get());
      edge = raised.edgeAfter(edge.get());
    }
    assertThat(edges)
        .as("a higher percentage changes nothing")
        .containsExactly(
            ON.minusSeconds(2), ON.plusSeconds(2), OFF.minusSeconds(2), OFF.plusSeconds(2));
    assertThat(raised.offThroughout(LONG_AGO, edges.get(0))).isTrue();
    assertThat(raised.offThroughout(edges.get(3), LATER)).isTrue();
    assertThat(raised.offAt(edges.get(1))).isFalse();
    assertThat(raised.offAt(edges.get(2).minusMillis(1))).isFalse();
  }

  @Test
  void whatWasOffThroughoutWasOffAtEveryMoment() {
    for (Instant from = ON.minusSeconds(5);
        from.isBefore(OFF.plusSeconds(5));
        from = from.plusMillis(500)) {
      Instant to = from.plusMillis(500);
      if (history.offThroughout(from, to)) {
        assertThat(history.offAt(from)).isTrue();
        assertThat(history.offAt(to)).isTrue();
      }
    }
  }

  @Test
  void whatCannotBeReadIsNeitherOnNorOff() {
    DualWriteHistory gap = history(Instant.MIN, State.OFF, ON, State.UNKNOWN, OFF, State.OFF);
    Instant between = ON.plusSeconds(60);
    assertThat(gap.offAt(between)).isFalse();
    assertThat(gap.onAt(between)).isFalse();
    assertThat(gap.offThroughout(between, between.plusSeconds(1))).isFalse();
    assertThat(gap.offAt(ON.plusSeconds(1))).as("some router had not heard of it").isTrue();
    assertThat(gap.onAt(ON.plusSeconds(1))).isFalse();
    assertThat(gap.offAt(LATER)).isTrue();
  }

  /** Two seconds before and after a change, to the nanosecond, routers may differ. */
  @Test
  void changeIsUncertainForTwoSecondsOnBothSides() {
    Instant certain = ON.plusSeconds(2);
    assertThat(history.onAt(certain)).isTrue();
    assertThat(history.offAt(certain)).isFalse();
    assertThat(history.onAt(certain.minusNanos(1))).isFalse();
    assertThat(history.offAt(certain.minusNanos(1))).isTrue();
    Instant last = OFF.minusSeconds(2);
    assertThat(history.onAt(last)).isFalse();
    assertThat(history.offAt(last)).isTrue();
    assertThat(history.onAt(last.minusNanos(1))).isTrue();
    assertThat(history.offThroughout(LONG_AGO, ON.minusSeconds(2))).isTrue();
    assertThat(history.offThroughout(LONG_AGO, ON.minusSeconds(2).plusNanos(1))).isFalse();
    assertThat(history.offThroughout(OFF.plusSeconds(2), LATER)).isTrue();
    assertThat(history.offThroughout(OFF.plusSeconds(2).minusNanos(1), LATER)).isFalse();
  }

  @Test
  void withoutAChangeTheFlagsAreAsTheyAlwaysWere() {
    assertThat(DualWriteHistory.of(List.of(), State.ON).onAt(LONG_AGO)).isTrue();
    assertThat(DualWriteHistory.of(List.of(), State.OFF).offThroughout(LONG_AGO, LATER)).isTrue();
    assertThat(DualWriteHistory.of(List.of(), State.UNKNOWN).onAt(LONG_AGO)).isFalse();
    assertThat(DualWriteHistory.of(List.of(), State.ON).edgeAfter(LONG_AGO)).isEmpty();
  }

  /** No router had routed by other flags before a system's first. */
  @Test
  void firstFlagsOfASystemCountFromTheBeginning() {
    DualWriteHistory first =
        DualWriteHistory.of(List.of(change(ON, true, State.OFF, State.ON)), State.ON);
    assertThat(first.onAt(LONG_AGO)).isTrue();
    assertThat(first.edgeAfter(LONG_AGO)).isEmpty();
    DualWriteHistory later =
        DualWriteHistory.of(List.of(change(ON, false, State.OFF, State.ON)), State.ON);
    assertThat(later.offAt(LONG_AGO)).isTrue();
    assertThat(later.onAt(LATER)).isTrue();
  }

  /** What one change does not say, the next one or the flags may. */
  @Test
  void whatIsUnreadableInOneRecordIsTakenFromItsNeighbour() {
    DualWriteHistory byNext =
        DualWriteHistory.of(
            List.of(
                change(ON, false, State.OFF, State.UNKNOWN),
                change(OFF, false, State.ON, State.OFF)),
            State.OFF);
    assertThat(byNext.onAt(ON.plusSeconds(60))).isTrue();
    assertThat(byNext.offAt(LATER)).isTrue();
    DualWriteHistory byFlags =
        DualWriteHistory.of(List.of(change(ON, false, State.OFF, State.UNKNOWN)), State.ON);
    assertThat(byFlags.onAt(LATER)).isTrue();
    DualWriteHistory byNobody =
        DualWriteHistory.of(
            List.of(
                change(ON, false, State.OFF, State.UNKNOWN),
                change(OFF, false, State.UNKNOWN, State.OFF)),
            State.OFF);
    assertThat(byNobody.onAt(ON.plusSeconds(60))).isFalse();
    assertThat(byNobody.offAt(ON.plusSeconds(60))).isFalse();
  }

  /** Two routers' clocks may not agree which of two changes came first; their ids do. */
  @Test
  void changesCountInTheOrderInWhichTheyWereMade() {
    DualWriteHistory back =
        DualWriteHistory.of(
            List.of(
                change(OFF, false, State.OFF, State.ON), change(ON, false, State.ON, State.OFF)),
            State.OFF);
    assertThat(back.offAt(LATER)).isTrue();
    assertThat(back.onAt(OFF.minusSeconds(60))).isFalse();
    assertThat(back.edgeAfter(LONG_AGO)).contains(OFF.minusSeconds(2));
  }

  /** A rollback while the database is away: its router heeds it at once, the others do not. */
  @Test
  void fromADecisionUntilItsRecordRoutersMayDiffer() {
    Instant decided = OFF.minusSeconds(100);
    DualWriteHistory waited =
        DualWriteHistory.of(
            List.of(
                change(ON, false, State.OFF, State.ON),
                new DualWriteHistory.Change(2, decided, OFF, false, State.ON, State.OFF)),
            State.OFF);
    Instant meanwhile = decided.plusSeconds(50);
    assertThat(waited.offAt(meanwhile)).isTrue();
    assertThat(waited.onAt(meanwhile)).isFalse();
    assertThat(waited.offThroughout(meanwhile, meanwhile.plusSeconds(1))).isFalse();
    assertThat(waited.onAt(decided.minusSeconds(2).minusNanos(1))).isTrue();
    assertThat(waited.offAt(decided.minusSeconds(2))).isTrue();
    assertThat(waited.edgeAfter(ON.plusSeconds(60))).contains(decided.minusSeconds(2));
    assertThat(waited.offThroughout(OFF.plusSeconds(2), LATER)).isTrue();
  }

  /** One decision of a router that came after another's record, and was made before it. */
  @Test
  void decisionCountsBesideWhatOthersRecordedMeanwhile() {
    DualWriteHistory waited =
        DualWriteHistory.of(
            List.of(
                change(OFF, false, State.ON, State.OFF),
                change(OFF.plusSeconds(60), false, State.OFF, State.ON),
                new DualWriteHistory.Change(
                    3, ON, OFF.plusSeconds(120), false, State.ON, State.OFF)),
            State.OFF);
    assertThat(waited.offAt(ON.plusSeconds(60))).isTrue();
    assertThat(waited.onAt(ON.plusSeconds(60))).isFalse();
    assertThat(waited.offAt(OFF.plusSeconds(90))).isTrue();
    assertThat(waited.onAt(ON.minusSeconds(60))).isTrue();
  }

  private static DualWriteHistory.Change change(
      Instant at, boolean first, State before, State after) {
    return new DualWriteHistory.Change(1, at, at, first, before, after);
  }

  private static DualWriteHistory history(Object... momentsAndStates) {
    SortedMap<Instant, State> since = new TreeMap<>();
    for (int i = 0; i < momentsAndStates.length; i += 2) {
      since.put((Instant) momentsAndStates[i], (State) momentsAndStates[i + 1]);
    }
    return new DualWriteHistory(since);
  }
}
