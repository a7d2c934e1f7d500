package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.repair.Repair;
import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What gates sum up, after a repair. */
class RepairedRowsIT {

  private static final int RECORDS = 4_000;
  private static final int LOST = 3;

  private final TestOutputs outputs = new TestOutputs();
  private final Comparisons comparisons =
      new Comparisons(outputs.control(), InstantSource.system());
  private final Repair repair = new Repair(outputs.control(), outputs.legacy(), outputs.stream());

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void repairedRowsCountNoLongerAgainstAnyRunThatFoundThem() throws Exception {
    ComparisonWindow window = fill();
    compare(Origin.ROLLING, window);
    KindFigures found = rolling();
    assertThat(found.unexplained()).isEqualTo(LOST);
    assertThat(found.urgentMissing()).isEqualTo(1);
    ComparisonResult night = compare(Origin.NIGHTLY, window);
    Comparisons.Mark before = comparisons.mark();

    repairAll(night);
    assertThat(rolling()).as("done is not seen").isEqualTo(found);
    ComparisonResult verified = verify(night);

    assertThat(verified.verdict()).as("of %d rows", LOST).isEqualTo(Verdict.PASS);
    assertThat(verified.headline().compared()).isEqualTo(LOST);
    KindFigures now = rolling();
    assertThat(now.unexplained()).isZero();
    assertThat(now.urgentMissing()).isZero();
    assertThat(now.repaired()).isEqualTo(LOST);
    assertThat(now.compared()).isEqualTo(found.compared());
    assertThat(now.reasons(99.9, 1)).isEmpty();
    assertThat(comparisons.mark()).as("gates look again").isNotEqualTo(before);
    assertThat(comparisons.find(night.id()).orElseThrow().verdict())
        .as("what was said stays")
        .isEqualTo("FAIL");
  }

  @Test
  void rowsThatStillDifferKeepCounting() throws Exception {
    ComparisonWindow window = fill();
    TestOutputs.update(
        outputs.stream(),
        "UPDATE t_common_event SET event_value = 'wrong' ORDER BY id DESC LIMIT 1");
    ComparisonResult found = compare(Origin.ROLLING, window);
    repairAll(found);
    ComparisonResult verified = verify(found);
    assertThat(verified.reasons()).containsExactly(Reason.STILL_DIFFER);
    assertThat(verified.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(rolling().unexplained()).isEqualTo(1);
    assertThat(rolling().differing()).isEqualTo(1);
    assertThat(rolling().repaired()).isEqualTo(LOST);
    assertThat(rolling().urgentMissing()).isZero();
  }

  @Test
  void nothingIsRepairedByLookingAlone() throws Exception {
    ComparisonResult found = compare(Origin.ROLLING, fill());
    ComparisonResult looked = verify(found);
    assertThat(looked.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(looked.headline().unexplained()).isEqualTo(LOST);
    assertThat(rolling().unexplained()).isEqualTo(LOST);
    assertThat(
            verify(compare(Origin.ON_DEMAND, new ComparisonWindow(Instant.EPOCH, Instant.EPOCH)))
                .reasons())
        .containsExactly(Reason.NOTHING_COMPARED);
  }

  private void repairAll(ComparisonResult of) throws Exception {
    Repair.Plan plan = new Repair.Plan(of.id(), new DifferenceSelection.All(), null);
    Repair.Preview preview = repair.dryRun(plan, change -> {});
    repair.apply(plan, preview.digest(), "ann", "night shift");
  }

  /** Events of both outputs but for some that the stream output lost, an urgent one among them. */
  private ComparisonWindow fill() throws Exception {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < RECORDS; second++) {
      records.add(SampleRecords.event("REPAIR", second, second == 0));
    }
    new Output(outputs.legacy()).write(records);
    new Output(outputs.stream()).write(records.subList(LOST, RECORDS));
    return new ComparisonWindow(
        AcceptanceStamp.instantOf(records.getFirst().acceptance().stamp()),
        AcceptanceStamp.instantOf(records.getLast().acceptance().stamp()).plusMillis(1));
  }

  private ComparisonResult compare(Origin origin, ComparisonWindow window) throws Exception {
    return TestReconciler.drained(outputs).run(ComparisonRequest.all(origin, window));
  }

  private ComparisonResult verify(ComparisonResult run) throws Exception {
    return TestReconciler.drained(outputs)
        .run(ComparisonRequest.ofRows(comparisons.find(run.id()).orElseThrow()));
  }

  private KindFigures rolling() {
    List<KindFigures> figures = comparisons.since(Kind.EVENT, Instant.EPOCH);
    assertThat(figures).hasSize(1);
    return figures.getFirst();
  }
}
