package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.LostRecords;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.report.ComparisonReport;
import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A verdict over rows that agree, with losses beside them. */
class LossesIT {

  private static final int RECORDS = 5_000;

  /** Records are stamped and copies noted as dropped within it. */
  private final ComparisonWindow window =
      new ComparisonWindow(
          Instant.EPOCH, InstantSource.system().instant().plus(Duration.ofHours(1)));

  private final TestOutputs outputs = new TestOutputs();

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void whatAgreesPasses() throws Exception {
    fill(0);
    ComparisonResult result = compare();
    assertThat(result.reasons()).isEmpty();
    assertThat(result.verdict()).isEqualTo(Verdict.PASS);
  }

  /** The night said PASS 99.996 %: a record that is nowhere is in no comparison of rows. */
  @Test
  void recordInNoOutputFails() throws Exception {
    fill(0);
    AcceptedRecord nowhere = SampleRecords.event("NOWHERE", 1, false);
    AcceptedRecord onOnePath = SampleRecords.event("ONE", 2, false);
    AcceptedRecord repaired = SampleRecords.event("BACK", 3, false);
    new Output(outputs.legacy()).write(List.of(repaired));
    new Output(outputs.stream()).write(List.of(onOnePath, repaired));
    lost(DeliveryPath.LEGACY, nowhere, onOnePath, repaired);
    lost(DeliveryPath.STREAM, nowhere);
    ComparisonResult result = compare();
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(Reason.telling(result.reasons())).containsExactly(Reason.IN_NO_OUTPUT);
    assertThat(result.headline().lost()).as("not what is there by now").isEqualTo(2);
    assertThat(result.headline().inNoOutput()).isEqualTo(1);
    assertThat(ComparisonReport.text(result))
        .contains(
            "because records are in no output",
            "raw 99.980 %",
            "lost 2 records, 1 of them in no output");
    Comparisons.Summary kept =
        new Comparisons(outputs.control(), InstantSource.system()).find(result.id()).orElseThrow();
    assertThat(kept.reasons()).contains(Reason.IN_NO_OUTPUT);
    assertThat(kept.headline()).isEqualTo(result.headline());
    assertThat(kept.proof()).isEqualTo(result.proof());
    assertThat(kept.proof().planted()).isPositive();
  }

  @Test
  void aloneItFailsToo() throws Exception {
    lost(DeliveryPath.LEGACY, SampleRecords.event("ALONE", 1, false));
    assertThat(compare().verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void urgentEventThatOneOutputLacksFailsAlsoWhenItIsKnownWhy() throws Exception {
    fill(0);
    new Output(outputs.legacy())
        .write(
            List.of(SampleRecords.event("SOS", 1, true).because(RouteReason.STREAM_UNAVAILABLE)));
    ComparisonResult result = compare();
    assertThat(result.unexplained(Kind.EVENT)).isZero();
    assertThat(result.reasons()).containsExactly(Reason.URGENT_MISSING);
    assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void muchThatIsExplainedProvesNothing() throws Exception {
    fill(40);
    assertThat(compare().verdict()).as("0.8 %").isEqualTo(Verdict.PASS);
    fill(80);
    ComparisonResult result = compare();
    assertThat(result.consistency().orElseThrow()).isEqualByComparingTo("100");
    assertThat(result.reasons()).containsExactly(Reason.MUCH_EXPLAINED);
    assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void droppedCopiesAreSaidBesideAHundredPercent() throws Exception {
    List<AcceptedRecord> records = fill(0);
    new DroppedMirrors(outputs.control())
        .keep(DeliveryPath.STREAM, List.of(records.getFirst().acceptance()));
    ComparisonResult result = compare();
    assertThat(ComparisonReport.text(result))
        .contains("1 copies were dropped meanwhile")
        .endsWith("consistency 100.000 %");
    assertThat(
            new Comparisons(outputs.control(), InstantSource.system())
                .find(result.id())
                .orElseThrow()
                .headline()
                .droppedCopies())
        .isEqualTo(1);
  }

  /** Events of both outputs, and some that the memory queue took while Redis was away. */
  private List<AcceptedRecord> fill(int fallbacks) throws Exception {
    List<AcceptedRecord> both = new ArrayList<>();
    for (int second = 0; second < RECORDS; second++) {
      both.add(SampleRecords.event("BOTH", second, false));
    }
    List<AcceptedRecord> legacyAlone = new ArrayList<>();
    for (int second = 0; second < fallbacks; second++) {
      legacyAlone.add(
          SampleRecords.event("FALLBACK", second, false).because(RouteReason.STREAM_UNAVAILABLE));
    }
    new Output(outputs.legacy()).write(both);
    new Output(outputs.legacy()).write(legacyAlone);
    new Output(outputs.stream()).write(both);
    return both;
  }

  private void lost(DeliveryPath path, AcceptedRecord... records) throws Exception {
    try (Connection connection = outputs.control().getConnection()) {
      LostRecords.keep(
          connection,
          Arrays.stream(records)
              .map(
                  record ->
                      new LostRecords.Lost(
                          record.acceptance().id(),
                          Kind.EVENT,
                          path,
                          record.acceptance().stamp(),
                          "killed",
                          null))
              .toList());
      connection.commit();
    }
  }

  private ComparisonResult compare() throws Exception {
    return TestReconciler.drained(outputs).run(ComparisonRequest.all(Origin.ON_DEMAND, window));
  }
}
