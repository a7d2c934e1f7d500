package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.crossfade.db.Acceptance;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.DeviceInfo;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.LetterQuota;
import io.crossfade.db.control.LetterSettings;
import io.crossfade.db.control.LostRecords;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Explanation;
import io.crossfade.reconciler.diff.Throttle;
import io.crossfade.reconciler.verdict.Reason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

class RollingComparisonIT {

  private static final LostRecords.Death DEATH =
      new LostRecords.Death(
          Instant.parse("2025-09-14T09:00:00Z"), Instant.parse("2025-09-14T09:00:20Z"));

  private final TestOutputs outputs = new TestOutputs();
  private final DroppedMirrors dropped = new DroppedMirrors(outputs.control());
  private final Output legacy = new Output(outputs.legacy());
  private final Output stream = new Output(outputs.stream());
  private final Comparisons comparisons =
      new Comparisons(outputs.control(), InstantSource.system());
  private @Nullable Instant until = Instant.EPOCH;
  private Callable<?> betweenLooks = () -> "nothing happens";
  private int asked;
  private final RollingComparison rolling =
      new RollingComparison(
          outputs.control(),
          TestReconciler.until(outputs, this::writtenUntil, () -> Objects.requireNonNull(until)),
          comparisons,
          this::writtenUntil);

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void windowsFollowEachOtherWithoutAGap() throws Exception {
    AcceptedRecord one = both("ONE", 1);
    Instant middle = acceptedAt(one).plusMillis(1);
    both("TWO", 2);
    acceptedAgain("TWO", middle);
    assertThat(events(advance(middle)).matching()).isEqualTo(1);
    assertThat(advance(middle)).as("nothing new").isEmpty();
    assertThat(advance(middle.minusSeconds(60))).as("backlog grew").isEmpty();
    KindFigures second = events(advance(middle.plusMillis(1)));
    assertThat(second.matching()).isEqualTo(1);
    assertThat(second.window().from()).isEqualTo(middle);
    assertThat(second.urgentCompared()).as("of events that are not").isZero();
    assertThat(comparisons.since(Kind.EVENT, acceptedAt(one).minusSeconds(3_600))).hasSize(2);
    assertThat(comparisons.since(Kind.EVENT, middle)).containsExactly(second);
  }

  /** None missing says something only where some came. */
  @Test
  void urgentEventsThatCameAreCounted() throws Exception {
    both("ORDINARY", 1);
    AcceptedRecord urgent = SampleRecords.event("URGENT", 2, true);
    AcceptedRecord last = SampleRecords.event("URGENT", 3, true);
    legacy.write(List.of(urgent));
    stream.write(List.of(urgent, last));
    KindFigures figures = events(advance(acceptedAt(last).plusMillis(1)));
    assertThat(figures.urgentCompared()).isEqualTo(2);
    assertThat(figures.urgentMissing()).isEqualTo(1);
    assertThat(comparisons.since(Kind.EVENT, Instant.EPOCH).getLast()).isEqualTo(figures);
  }

  /** A router compares before it has first reported; what it then knows must not be 1970. */
  @Test
  void nothingIsComparedUntilSomebodyKnowsWhatIsWritten() throws Exception {
    AcceptedRecord one = both("FIRST", 1);
    until = null;
    rolling.catchUp(result -> fail("Compared %s", result.window()));
    assertThat(comparisons.comparedUntil()).isEmpty();
    assertThat(events(advance(acceptedAt(one).plusMillis(1))).matching()).isEqualTo(1);
  }

  @Test
  void longGapIsClosedAtOnce() throws Exception {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    AcceptedRecord one = both("GAP", 1);
    Instant first = acceptedAt(one).plusMillis(1);
    advance(first);
    until = first.plus(Duration.ofHours(1)).plusSeconds(1);
    RollingMetrics metrics = new RollingMetrics(meters, InstantSource.system());
    rolling.catchUp(metrics::record);
    assertThat(meters.get(ReconcilerMeter.COMPARISON.id()).timer().count()).isEqualTo(13);
    assertThat(meters.get(ReconcilerMeter.COMPARED_AGE.id()).gauge().value()).isPositive();
    assertThat(meters.get(ReconcilerMeter.CONSISTENCY.id()).tag("kind", "event").gauge().value())
        .as("no row in the gap")
        .isNaN();
    assertThat(comparisons.comparedUntil()).contains(until);
    assertThat(comparisons.since(Kind.EVENT, first)).as("5 minutes each").hasSize(13);
  }

  @Test
  void lateRowIsNoLossOnTheSecondLook() throws Exception {
    AcceptedRecord late = SampleRecords.event("LATE", 1, false);
    legacy.write(List.of(late));
    betweenLooks =
        () -> {
          stream.write(List.of(late));
          return "it arrives";
        };
    KindFigures figures = events(advance(acceptedAt(late).plusMillis(1)));
    assertThat(figures.matching()).isEqualTo(1);
    assertThat(figures.late()).isEqualTo(1);
    assertThat(figures.unexplained()).isZero();
  }

  @Test
  void lostRowIsBelievedAndExplainedOnesAreToldApart() throws Exception {
    AcceptedRecord lost = SampleRecords.event("LOST", 1, false);
    AcceptedRecord fallback =
        SampleRecords.event("FALLBACK", 2, false).because(RouteReason.STREAM_UNAVAILABLE);
    AcceptedRecord copy = SampleRecords.event("COPY", 3, false);
    AcceptedRecord copyToLegacy = SampleRecords.event("COPY", 4, false);
    legacy.write(List.of(lost, fallback, copy));
    stream.write(List.of(copyToLegacy));
    dropped.keep(DeliveryPath.STREAM, List.of(copy.acceptance()));
    dropped.keep(DeliveryPath.LEGACY, List.of(copyToLegacy.acceptance(), lost.acceptance()));
    ComparisonResult result = advance(acceptedAt(copyToLegacy).plusMillis(1)).orElseThrow();
    KindFigures figures = events(Optional.of(result));
    assertThat(figures.missingInStream()).isEqualTo(3);
    assertThat(figures.missingInLegacy()).isEqualTo(1);
    assertThat(figures.explained()).as("a note about the other path explains nothing").isEqualTo(3);
    assertThat(figures.unexplained()).isEqualTo(1);
    assertThat(figures.fallbacks()).isEqualTo(1);
    assertThat(result.of(Kind.EVENT).getFirst().explained())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(Explanation.FALLBACK, 1L, Explanation.MIRROR_DROPPED, 2L));
  }

  /** A row of the newest state is made by many records; one that is outdated lacks the last. */
  @Test
  void onlyTheCopyThatWouldHaveRenewedARowExplainsIt() throws Exception {
    LocalDateTime time = LocalDateTime.of(2025, 9, 14, 8, 0);
    SampleRecords samples = new SampleRecords(1);
    DeviceInfo before = samples.deviceAt("NOTED", time);
    DeviceInfo noted = samples.deviceAt("NOTED", time.plusMinutes(1));
    DeviceInfo notedBefore = samples.deviceAt("BEFORE", time);
    DeviceInfo last = samples.deviceAt("BEFORE", time.plusMinutes(1));
    legacy.write(List.of(before, noted, notedBefore, last));
    stream.write(List.of(before, notedBefore));
    dropped.keep(DeliveryPath.STREAM, List.of(noted.acceptance(), notedBefore.acceptance()));
    ComparisonResult result = advance(acceptedAt(last).plusMillis(1)).orElseThrow();
    for (TableResult table : result.of(Kind.DEVICE)) {
      assertThat(table.explained())
          .as(table.table())
          .containsExactlyEntriesOf(Map.of(Explanation.MIRROR_DROPPED, 1L));
    }
    assertThat(Objects.requireNonNull(result.figures().get(Kind.DEVICE)).unexplained())
        .as("history and state")
        .isEqualTo(2);
  }

  @Test
  void deadLetterExplainsTheOutputOfItsPathAlone() throws Exception {
    AcceptedRecord refused = SampleRecords.event("REFUSED", 1, false);
    AcceptedRecord other = SampleRecords.event("REFUSED", 2, false);
    legacy.write(List.of(refused, other));
    DeadLetters deadLetters = new DeadLetters(outputs.control());
    deadLetters.keep(
        List.of(
            DeadLetters.Letter.rejected(
                DeadLetters.Source.STREAM, new Output.Rejection(refused, "too long"), 3),
            DeadLetters.Letter.rejected(
                DeadLetters.Source.LEGACY, new Output.Rejection(other, "too long"), 3)));
    ComparisonResult result = advance(acceptedAt(other).plusMillis(1)).orElseThrow();
    assertThat(result.of(Kind.EVENT).getFirst().explained())
        .containsExactlyEntriesOf(Map.of(Explanation.DEAD_LETTER, 1L));
    assertThat(events(Optional.of(result)).unexplained()).isEqualTo(1);
  }

  /** Explained, and lost all the same: it is in no output that should have it. */
  @Test
  void letterThatFoundNoRoomExplainsAndIsLost() throws Exception {
    DeadLetters full =
        new DeadLetters(
            outputs.control(),
            new LetterQuota(
                new LetterSettings(1, DataSize.ofKilobytes(1), DataSize.ofKilobytes(1)),
                InstantSource.system(),
                new SimpleMeterRegistry()));
    List<AcceptedRecord> refused = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      refused.add(SampleRecords.event("FULL", i, false));
    }
    legacy.write(refused);
    int kept =
        full.keep(
            refused.stream()
                .map(
                    record ->
                        DeadLetters.Letter.rejected(
                            DeadLetters.Source.STREAM, new Output.Rejection(record, "r"), 1))
                .toList());
    assertThat(kept).isEqualTo(1);
    ComparisonResult result = advance(acceptedAt(refused.getLast()).plusMillis(1)).orElseThrow();
    assertThat(result.of(Kind.EVENT).getFirst().explained())
        .containsExactlyEntriesOf(Map.of(Explanation.DEAD_LETTER, 3L));
    assertThat(events(Optional.of(result)).lost()).isEqualTo(2);
  }

  @Test
  void recordThatDiedInMemoryExplainsTheLegacyOutput() throws Exception {
    AcceptedRecord died = SampleRecords.event("DIED", 1, false);
    stream.write(List.of(died));
    lost(died, DeliveryPath.LEGACY, DEATH);
    ComparisonResult result = advance(acceptedAt(died).plusMillis(1)).orElseThrow();
    assertThat(result.of(Kind.EVENT).getFirst().explained())
        .containsExactlyEntriesOf(Map.of(Explanation.LOST_IN_MEMORY, 1L));
  }

  /** The newest state of a device is a row that many records make. */
  @Test
  void recordThatDiedInMemoryExplainsTheStateThatItWouldHaveRenewed() throws Exception {
    LocalDateTime time = LocalDateTime.of(2025, 9, 14, 8, 0);
    SampleRecords samples = new SampleRecords(1);
    DeviceInfo before = samples.deviceAt("STATE", time);
    DeviceInfo died = samples.deviceAt("STATE", time.plusMinutes(1));
    legacy.write(List.of(before));
    stream.write(List.of(before, died));
    lost(died, DeliveryPath.LEGACY, DEATH);
    ComparisonResult result = advance(acceptedAt(died).plusMillis(1)).orElseThrow();
    for (TableResult table : result.of(Kind.DEVICE)) {
      assertThat(table.explained())
          .as(table.table())
          .containsExactlyEntriesOf(Map.of(Explanation.LOST_IN_MEMORY, 1L));
    }
  }

  @Test
  void whatALivingRouterLostIsUnexplained() throws Exception {
    AcceptedRecord deleted = SampleRecords.event("DELETED", 1, false);
    stream.write(List.of(deleted));
    lost(deleted, DeliveryPath.LEGACY, null);
    assertThat(events(advance(acceptedAt(deleted).plusMillis(1))).unexplained()).isEqualTo(1);
  }

  /** Redis is to lose nothing: no note about another acceptance of the record excuses it. */
  @Test
  void whatTheStreamLostIsALossWhateverElseIsNoted() throws Exception {
    AcceptedRecord lost = SampleRecords.event("LOST", 1, false);
    AcceptedRecord fallback =
        SampleRecords.event("LOST", 2, false).because(RouteReason.STREAM_UNAVAILABLE);
    legacy.write(List.of(lost, fallback));
    dropped.keep(DeliveryPath.STREAM, List.of(lost.acceptance()));
    lost(lost, DeliveryPath.STREAM, DEATH);
    lost(fallback, DeliveryPath.STREAM, DEATH);
    assertThat(events(advance(acceptedAt(fallback).plusMillis(1))).unexplained()).isEqualTo(2);
  }

  /** Both paths wrote this very acceptance: the row should be the same. */
  @Test
  void nothingExcusesRowsOfOneAcceptanceThatDiffer() throws Exception {
    AcceptedRecord fallback =
        SampleRecords.event("SAME", 1, false).because(RouteReason.STREAM_UNAVAILABLE);
    AcceptedRecord copied = SampleRecords.event("SAME", 2, false);
    legacy.write(List.of(fallback, copied));
    stream.write(List.of(fallback, copied));
    dropped.keep(DeliveryPath.STREAM, List.of(copied.acceptance()));
    dropped.keep(DeliveryPath.LEGACY, List.of(copied.acceptance()));
    lost(copied, DeliveryPath.LEGACY, DEATH);
    TestOutputs.update(outputs.stream(), "UPDATE t_common_event SET latitude = 1");
    KindFigures figures = events(advance(acceptedAt(copied).plusMillis(1)));
    assertThat(figures.differing()).isEqualTo(2);
    assertThat(figures.unexplained()).isEqualTo(2);
  }

  @Test
  void noteExplainsTheAcceptanceThatItNamesAndNoOther() throws Exception {
    AcceptedRecord early = SampleRecords.event("AGAIN", 1, false);
    AcceptedRecord late = SampleRecords.event("AGAIN", 1, false);
    legacy.write(List.of(early, late));
    dropped.keep(DeliveryPath.STREAM, List.of(late.acceptance()));
    assertThat(events(advance(acceptedAt(late).plusMillis(1))).unexplained()).isEqualTo(1);
    dropped.keep(DeliveryPath.STREAM, List.of(early.acceptance()));
    assertThat(events(onDemand(acceptedAt(late))).unexplained()).isZero();
  }

  @Test
  void refusalExplainsUntilThePathTookTheRetry() throws Exception {
    AcceptedRecord refused = SampleRecords.event("REFUSED", 1, false);
    stream.write(List.of(refused));
    RefusedRecords refusals = new RefusedRecords(outputs.control());
    Acceptance first = refused.acceptance();
    refusals.keep(
        DeliveryPath.LEGACY,
        List.of(new RefusedRecords.Refused(Kind.EVENT, first.id(), first.stamp())));
    ComparisonResult result = advance(acceptedAt(refused).plusMillis(1)).orElseThrow();
    assertThat(result.of(Kind.EVENT).getFirst().explained())
        .containsExactlyEntriesOf(Map.of(Explanation.REFUSED, 1L));
    assertThat(
            refusals.retried(
                Kind.EVENT, DeliveryPath.STREAM, ids -> Map.of(first.id(), first.stamp() + 1)))
        .as("the other path")
        .isZero();
    assertThat(
            refusals.retried(
                Kind.EVENT, DeliveryPath.LEGACY, ids -> Map.of(first.id(), first.stamp())))
        .as("itself")
        .isZero();
    assertThat(
            refusals.retried(
                Kind.EVENT, DeliveryPath.LEGACY, ids -> Map.of(first.id(), first.stamp() + 1)))
        .isEqualTo(1);
    assertThat(events(onDemand(acceptedAt(refused))).unexplained()).isEqualTo(1);
  }

  /** One bad row must not stop all comparisons, nor excuse what it should have told of. */
  @Test
  void changeThatCannotBeReadExcusesNothingAndStopsNothing() throws Exception {
    AcceptedRecord before = SampleRecords.event("BEFORE", 1, false);
    AcceptedRecord after = SampleRecords.event("AFTER", 1, false);
    legacy.write(List.of(before, after));
    for (String unreadable : List.of("{\"dualWrite\":", "{}", "{\"dualWrite\":\"no\"}")) {
      TestOutputs.update(outputs.control(), "DELETE FROM rollout_change");
      change(Kind.EVENT, acceptedAt(before).minusSeconds(60), "OPERATOR", "false", unreadable);
      assertThat(events(onDemand(acceptedAt(before))).unexplained()).as(unreadable).isEqualTo(2);
      change(Kind.EVENT, acceptedAt(after).plusSeconds(60), "OPERATOR", "false", "true");
      assertThat(events(onDemand(acceptedAt(before))).notMirrored())
          .as("the next change says what there was before it")
          .isEqualTo(2);
    }
  }

  private void lost(AcceptedRecord record, DeliveryPath path, LostRecords.@Nullable Death death)
      throws SQLException {
    try (Connection connection = outputs.control().getConnection()) {
      Acceptance of = record.acceptance();
      LostRecords.keep(
          connection,
          List.of(new LostRecords.Lost(of.id(), record.kind(), path, of.stamp(), "killed", death)));
      connection.commit();
    }
  }

  /** There is nothing to compare it with: the night looks for repeats among it. */
  @Test
  void whatTheFlagsWroteOnceIsOnlyCounted() throws Exception {
    AcceptedRecord once = SampleRecords.event("ONCE", 1, false);
    legacy.write(
        List.of(
            once, SampleRecords.event("ONCE", 2, false).because(RouteReason.STREAM_UNAVAILABLE)));
    stream.write(List.of(SampleRecords.event("ONCE", 3, false)));
    change(acceptedAt(once).plusSeconds(60), "OPERATOR");
    KindFigures figures = events(advance(acceptedAt(once).plusSeconds(1)));
    assertThat(figures.notMirrored()).isEqualTo(3);
    assertThat(figures.compared()).isZero();
    assertThat(figures.fallbacks()).isEqualTo(1);
    assertThat(figures.streamServed()).isEqualTo(1);
    assertThat(figures.reasons(99.9, 1)).containsExactly(Reason.NOTHING_COMPARED);
  }

  /** Else each row that was not copied is looked for in the other output, by its id. */
  @Test
  void windowEndsWhereCopyingBegins() throws Exception {
    AcceptedRecord once = SampleRecords.event("ONCE", 1, false);
    legacy.write(List.of(once));
    both("TWICE", 2);
    Instant on = acceptedAt(once).plusSeconds(60);
    acceptedAgain("TWICE", on.plusSeconds(3));
    change(on, "OPERATOR");
    advance(acceptedAt(once));
    List<ComparisonResult> results = catchUp(on.plusSeconds(30));
    assertThat(results)
        .extracting(ComparisonResult::window)
        .as("clocks differ, and routers hear of it at different times")
        .containsExactly(
            new ComparisonWindow(acceptedAt(once), on.minusSeconds(2)),
            new ComparisonWindow(on.minusSeconds(2), on.plusSeconds(2)),
            new ComparisonWindow(on.plusSeconds(2), on.plusSeconds(30)));
    assertThat(events(Optional.of(results.getFirst())).notMirrored()).isEqualTo(1);
    assertThat(events(Optional.of(results.getLast())).matching()).isEqualTo(1);
  }

  @Test
  void killedCountIsFinishedByTheNextAsACleanOneWouldBe() throws Exception {
    AcceptedRecord once = SampleRecords.health("ONCE", 1);
    legacy.write(List.of(once));
    stream.write(List.of(SampleRecords.health("ONCE", 2)));
    change(Kind.HEALTH, acceptedAt(once).plusSeconds(60), "OPERATOR");
    ComparisonRequest request = ComparisonRequest.all(Origin.ROLLING, around(acceptedAt(once)));
    AtomicInteger asked = new AtomicInteger();
    Throttle killer =
        output -> {
          // Each side of a table asks once.
          if (asked.incrementAndGet() == 3) {
            throw new IllegalStateException("killed between two tables");
          }
        };
    assertThatThrownBy(() -> TestReconciler.drained(outputs, killer).run(request))
        .hasMessageContaining("killed");
    ComparisonResult resumed = TestReconciler.drained(outputs).run(request);
    assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM comparison"))
        .as("the same run goes on")
        .isEqualTo(1);
    TestOutputs.update(outputs.control(), "DELETE FROM comparison");
    assertThat(resumed.tables()).isEqualTo(TestReconciler.drained(outputs).run(request).tables());
    assertThat(resumed.of(Kind.HEALTH)).allMatch(table -> table.notMirrored() > 0);
  }

  @Test
  void whatTheFlagsWroteOnceIsNotCompared() throws Exception {
    AcceptedRecord once = SampleRecords.event("ONCE", 1, false);
    legacy.write(List.of(once));
    both("TWICE", 2);
    change(acceptedAt(once).plusSeconds(60), "OPERATOR");
    KindFigures figures = events(onDemand(acceptedAt(once)));
    assertThat(figures.notMirrored()).isEqualTo(1);
    assertThat(figures.compared()).as("only what both have").isEqualTo(1);
    assertThat(figures.unexplained()).isZero();
  }

  /** Its first state was copied, its next one came while dual write was off. */
  @Test
  void stateThatTheFlagsWroteOnceIsNotCompared() throws Exception {
    SampleRecords samples = new SampleRecords(1);
    LocalDateTime time = LocalDateTime.of(2025, 9, 14, 8, 0);
    DeviceInfo first = samples.deviceAt("FLIPPED", time);
    DeviceInfo next = samples.deviceAt("FLIPPED", time.plusMinutes(1));
    legacy.write(List.of(first, next));
    stream.write(List.of(first));
    Instant off = acceptedAt(next).minusSeconds(60);
    change(Kind.DEVICE, off, "OPERATOR", "true", "false");
    Instant on = acceptedAt(next).plusSeconds(60);
    change(Kind.DEVICE, on, "OPERATOR", "false", "true");
    assertThat(onDemand(acceptedAt(next)).orElseThrow().of(Kind.DEVICE))
        .allMatch(table -> table.unexplained() == 0)
        .anyMatch(table -> table.notMirrored() == 1);
    TestOutputs.update(outputs.control(), "DELETE FROM rollout_change");
    assertThat(onDemand(acceptedAt(next)).orElseThrow().of(Kind.DEVICE))
        .as("nobody says that it was off")
        .anyMatch(table -> table.unexplained() == 1);
  }

  /** A repeat, accepted after dual write came on: the record is on both sides all the same. */
  @Test
  void whatTheFlagsWroteOnceIsComparedWhenARepeatBroughtItsCopy() throws Exception {
    AcceptedRecord once = SampleRecords.event("ONCE", 1, false);
    legacy.write(List.of(once));
    stream.write(List.of(once));
    TestOutputs.update(
        outputs.stream(),
        "UPDATE t_common_event SET stamp = stamp + 36000000 * 1048576, event_value = 'other'");
    change(acceptedAt(once).plusSeconds(60), "OPERATOR");
    KindFigures figures = events(onDemand(acceptedAt(once)));
    assertThat(figures.notMirrored()).isZero();
    assertThat(figures.differing()).isEqualTo(1);
  }

  /** A system's first flags are no change of them: what is lost in its first seconds is lost. */
  @Test
  void firstFlagsExcuseNothing() throws Exception {
    AcceptedRecord lost = SampleRecords.event("FIRST", 1, false);
    legacy.write(List.of(lost));
    change(acceptedAt(lost), "INITIAL");
    KindFigures figures = events(advance(acceptedAt(lost).plusSeconds(1)));
    assertThat(figures.notMirrored()).isZero();
    assertThat(figures.unexplained()).isEqualTo(1);
  }

  @Test
  void missingUrgentEventIsCountedUnlessItIsExplained() throws Exception {
    List<AcceptedRecord> events = new ArrayList<>();
    events.add(SampleRecords.event("URGENT", 1, true));
    events.add(SampleRecords.event("URGENT", 2, true).because(RouteReason.STREAM_UNAVAILABLE));
    events.add(SampleRecords.event("URGENT", 3, false));
    legacy.write(events);
    KindFigures figures = events(advance(acceptedAt(events.getLast()).plusMillis(1)));
    assertThat(figures.urgentMissing()).isEqualTo(1);
    assertThat(figures.unexplained()).isEqualTo(2);
    assertThat(figures.urgentExplained()).isEqualTo(1);
    assertThat(figures.reasons(0, 100)).contains(Reason.URGENT_MISSING);
  }

  /** Dual write of events goes on. */
  private void change(Instant at, String origin) {
    change(Kind.EVENT, at, origin);
  }

  private void change(Kind kind, Instant at, String origin) {
    change(kind, at, origin, "false", "true");
  }

  /**
   * @param before whether dual write was on: {@code true}, {@code false}, or something unreadable
   */
  private void change(Kind kind, Instant at, String origin, String before, String after) {
    TestOutputs.update(
        outputs.control(),
        "INSERT INTO rollout_change (changed_at, version, kind, origin, actor, reason, forced,"
            + " flags_before, flags_after, evidence) VALUES ('%s', 1, '%s', '%s', 'ann', 'test',"
                .formatted(LocalDateTime.ofInstant(at, ZoneOffset.UTC), kind, origin)
            + " FALSE, '%s', '%s', '{}')".formatted(flags(before), flags(after)));
  }

  private static String flags(String dualWrite) {
    return dualWrite.startsWith("{") ? dualWrite : "{\"dualWrite\":" + dualWrite + "}";
  }

  /** In one window at most. */
  private Optional<ComparisonResult> advance(Instant to) throws Exception {
    List<ComparisonResult> results = catchUp(to);
    assertThat(results).hasSizeLessThan(2);
    return results.stream().findFirst();
  }

  private List<ComparisonResult> catchUp(Instant to) throws Exception {
    until = to;
    asked = 0;
    List<ComparisonResult> results = new ArrayList<>();
    rolling.catchUp(results::add);
    return results;
  }

  private Optional<ComparisonResult> onDemand(Instant moment) throws Exception {
    return Optional.of(
        TestReconciler.drained(outputs)
            .run(ComparisonRequest.all(Origin.ON_DEMAND, around(moment))));
  }

  private static ComparisonWindow around(Instant moment) {
    return new ComparisonWindow(moment.minusSeconds(1), moment.plusSeconds(1));
  }

  /** Asked before a window is cut, before it is begun, and between its two looks. */
  private Optional<Instant> writtenUntil() {
    if (++asked == 3) {
      try {
        betweenLooks.call();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    return Optional.ofNullable(until);
  }

  private void acceptedAgain(String device, Instant at) {
    for (DataSource output : List.of(outputs.legacy(), outputs.stream())) {
      TestOutputs.update(
          output,
          "UPDATE t_common_event SET stamp = %d WHERE device_sn = '%s'"
              .formatted(AcceptanceStamp.floor(at), device));
    }
  }

  private AcceptedRecord both(String device, int second) throws Exception {
    AcceptedRecord accepted = SampleRecords.event(device, second, false);
    legacy.write(List.of(accepted));
    stream.write(List.of(accepted));
    return accepted;
  }

  private static Instant acceptedAt(AcceptedRecord accepted) {
    return AcceptanceStamp.instantOf(accepted.acceptance().stamp());
  }

  private static KindFigures events(Optional<ComparisonResult> result) {
    return Objects.requireNonNull(result.orElseThrow().figures().get(Kind.EVENT));
  }
}
