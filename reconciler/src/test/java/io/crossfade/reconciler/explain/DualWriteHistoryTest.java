package io.crossfade.reconciler.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DualWriteHistoryTest {

  private static final Instant ON = Instant.parse("2026-11-25T08:00:00Z");
  private static final Instant OFF = ON.plusSeconds(600);
  private static final Instant LONG_AGO = ON.minusSeconds(86_400);
  private static final Instant LATER = OFF.plusSeconds(86_400);

  private final DualWriteHistory history =
      new DualWriteHistory(Map.of(Instant.MIN, false, ON, true, OFF, false));

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
    assertThat(new DualWriteHistory(Map.of()).offThroughout(LONG_AGO, LATER)).isFalse();
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
}
