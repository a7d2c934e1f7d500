package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.DroppedMirrors;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RouteReason;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.TestRecords;
import io.crossfade.reconciler.ComparisonRuns.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RollingComparisonIT {

  private final TestOutputs outputs = new TestOutputs();
  private final DroppedMirrors dropped = new DroppedMirrors(outputs.control());
  private final ComparisonRuns runs = new ComparisonRuns(outputs.control());
  private final Output legacy = new Output(outputs.legacy());
  private final Output stream = new Output(outputs.stream());
  private final RollingComparison rolling =
      new RollingComparison(
          outputs.legacy(),
          outputs.stream(),
          new Comparison(outputs.legacy(), outputs.stream(), dropped, Set.of("SOS_EVENT")),
          runs);

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void windowsFollowEachOtherWithoutAGap() throws Exception {
    AcceptedRecord one = both("ONE", 1);
    Instant middle = acceptedAt(one).plusMillis(1);
    both("TWO", 2);
    for (DataSource output : List.of(outputs.legacy(), outputs.stream())) {
      TestOutputs.update(
          output,
          "UPDATE t_common_event SET stamp = "
              + AcceptanceStamp.floor(middle)
              + " WHERE device_sn = 'TWO'");
    }
    assertThat(events(rolling.advance(middle)).matching()).isEqualTo(1);
    assertThat(rolling.advance(middle)).as("nothing new").isEmpty();
    assertThat(rolling.advance(middle.minusSeconds(60))).as("backlog grew").isEmpty();
    Run second = events(rolling.advance(middle.plusMillis(1)));
    assertThat(second.matching()).isEqualTo(1);
    assertThat(second.window().from()).isEqualTo(middle);
    assertThat(runs.since(Kind.EVENT, acceptedAt(one).minusSeconds(3_600))).hasSize(2);
    assertThat(runs.since(Kind.EVENT, middle)).containsExactly(second);
  }

  @Test
  void lateRowIsNoLossOnTheSecondLook() throws Exception {
    AcceptedRecord late = TestRecords.event("LATE", 1, false);
    legacy.write(List.of(late));
    Instant until = acceptedAt(late).plusMillis(1);
    assertThat(rolling.advance(until)).as("doubted").isEmpty();
    stream.write(List.of(late));
    Run run = events(rolling.advance(until.plusSeconds(5)));
    assertThat(run.matching()).isEqualTo(1);
    assertThat(run.unexplained()).isZero();
    assertThat(run.window().to()).as("the same window again").isEqualTo(until);
  }

  @Test
  void lostRowIsBelievedAndExplainedOnesAreToldApart() throws Exception {
    AcceptedRecord lost = TestRecords.event("LOST", 1, false);
    AcceptedRecord fallback =
        TestRecords.event("FALLBACK", 2, false).because(RouteReason.STREAM_UNAVAILABLE);
    AcceptedRecord copy = TestRecords.event("COPY", 3, false);
    AcceptedRecord copyToLegacy = TestRecords.event("COPY", 4, false);
    legacy.write(List.of(lost, fallback, copy));
    stream.write(List.of(copyToLegacy));
    dropped.keep(DeliveryPath.STREAM, List.of(copy));
    dropped.keep(DeliveryPath.LEGACY, List.of(copyToLegacy));
    dropped.keep(DeliveryPath.LEGACY, List.of(lost));
    Instant until = acceptedAt(copyToLegacy).plusMillis(1);
    assertThat(rolling.advance(until)).isEmpty();
    Run run = events(rolling.advance(until));
    assertThat(run.missingInStream()).isEqualTo(3);
    assertThat(run.missingInLegacy()).isEqualTo(1);
    assertThat(run.explained()).as("a note about the other path explains nothing").isEqualTo(3);
    assertThat(run.unexplained()).isEqualTo(1);
    assertThat(run.fallbacks()).isEqualTo(1);
  }

  @Test
  void missingUrgentEventIsCountedUnlessItIsExplained() throws Exception {
    List<AcceptedRecord> events = new ArrayList<>();
    events.add(TestRecords.event("URGENT", 1, true));
    events.add(TestRecords.event("URGENT", 2, true).because(RouteReason.STREAM_UNAVAILABLE));
    events.add(TestRecords.event("URGENT", 3, false));
    legacy.write(events);
    Instant until = acceptedAt(events.getLast()).plusMillis(1);
    assertThat(rolling.advance(until)).isEmpty();
    Run run = events(rolling.advance(until));
    assertThat(run.urgentMissing()).isEqualTo(1);
    assertThat(run.unexplained()).isEqualTo(2);
  }

  private AcceptedRecord both(String device, int second) throws Exception {
    AcceptedRecord accepted = TestRecords.event(device, second, false);
    legacy.write(List.of(accepted));
    stream.write(List.of(accepted));
    return accepted;
  }

  private static Instant acceptedAt(AcceptedRecord accepted) {
    return AcceptanceStamp.instantOf(accepted.acceptance().stamp());
  }

  private static Run events(List<Run> found) {
    return found.stream().filter(run -> run.kind() == Kind.EVENT).findFirst().orElseThrow();
  }
}
