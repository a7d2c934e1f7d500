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

  private static DualWriteHistory history(Object... momentsAndStates) {
    SortedMap<Instant, State> since = new TreeMap<>();
    for (int i = 0; i < momentsAndStates.length; i += 2) {
      since.put((Instant) momentsAndStates[i], (State) momentsAndStates[i + 1]);
    }
    return new DualWriteHistory(since);
  }
}
