package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Throttle;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workers that want the same run. */
class RunClaimsIT {

  private static final ComparisonRequest ALWAYS =
      ComparisonRequest.all(
          Origin.ON_DEMAND,
          new ComparisonWindow(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z")));
  private static final int RECORDS = 300;
  private static final int WORKERS = 6;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final TestOutputs outputs = new TestOutputs();
  private final Comparisons comparisons =
      new Comparisons(outputs.control(), InstantSource.system());

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void runAtWorkIsNobodyElses() throws Exception {
    fill();
    try (HeldRun held = new HeldRun(outputs, ALWAYS, true)) {
      assertThatThrownBy(() -> TestReconciler.drained(outputs).run(ALWAYS))
          .isInstanceOf(RunAtWorkException.class)
          .hasMessageMatching("run 1 is at work \\(by .+, since 20.+\\)");
      assertThat(comparisons.atWork(ALWAYS)).isPresent();
      assertThat(held.finish().of(Kind.HEALTH).getFirst().compared()).isEqualTo(RECORDS);
    }
    assertThat(comparisons.atWork(ALWAYS)).isEmpty();
    assertThat(TestReconciler.drained(outputs).run(ALWAYS).id()).as("a new one").isEqualTo(2);
  }

  @Test
  void ofManyThatBeginAtOnceOneDoes() throws Exception {
    fill();
    CountDownLatch refused = new CountDownLatch(WORKERS - 1);
    Throttle untilAllAskedForIt =
        output -> assertThat(refused.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    try (ExecutorService workers = Executors.newFixedThreadPool(WORKERS)) {
      List<Future<Long>> results = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        results.add(
            workers.submit(
                () -> {
                  try {
                    return TestReconciler.drained(outputs, untilAllAskedForIt)
                        .run(ALWAYS)
                        .of(Kind.HEALTH)
                        .getFirst()
                        .compared();
                  } catch (RunAtWorkException e) {
                    refused.countDown();
                    return 0L;
                  }
                }));
      }
      long compared = 0;
      for (Future<Long> result : results) {
        compared += result.get();
      }
      assertThat(compared).isEqualTo(RECORDS);
    }
    assertThat(number("SELECT COUNT(*) FROM comparison")).isEqualTo(1);
  }

  /**
   * It stood still for longer than its claim lasts, and wakes up when another has done the work.
   */
  @Test
  void lateWritesOfAWorkerThatLostItsClaimChangeNothing() throws Exception {
    fill();
    TestOutputs.update(outputs.stream(), "DELETE FROM t_user_health_data LIMIT 20");
    try (HeldRun late = new HeldRun(outputs, ALWAYS, false)) {
      expire();
      ComparisonResult found = TestReconciler.drained(outputs).run(ALWAYS);
      assertThat(found.id()).as("the same run").isEqualTo(1);
      String after = everything();
      assertThat(late.fail()).isInstanceOf(ClaimLostException.class).hasMessageContaining("Run 1");
      assertThat(everything()).isEqualTo(after);
      assertThat(found.unexplained(Kind.HEALTH)).isEqualTo(20);
    }
  }

  /** The same while the one that took over is in the middle of it. */
  @Test
  void workerThatLostItsClaimStopsWhileAnotherGoesOn() throws Exception {
    fill();
    TestOutputs.update(outputs.stream(), "DELETE FROM t_user_health_data LIMIT 20");
    try (HeldRun late = new HeldRun(outputs, ALWAYS, false)) {
      expire();
      try (HeldRun next = new HeldRun(outputs, ALWAYS, true)) {
        assertThat(late.fail()).isInstanceOf(ClaimLostException.class);
        assertThat(comparisons.atWork(ALWAYS)).as("it does not free another's claim").isPresent();
        ComparisonResult found = next.finish();
        assertThat(found.of(Kind.HEALTH).getFirst().compared()).isEqualTo(RECORDS);
        assertThat(found.unexplained(Kind.HEALTH)).isEqualTo(20);
      }
    }
  }

  @Test
  void claimThatRanOutIsKeptWhileNobodyWantsIt() throws Exception {
    fill();
    try (HeldRun held = new HeldRun(outputs, ALWAYS, false)) {
      expire();
      assertThat(held.finish().of(Kind.HEALTH).getFirst().compared()).isEqualTo(RECORDS);
    }
  }

  @Test
  void claimIsRenewedWhileARunWaits() throws Exception {
    fill();
    try (HeldRun held = new HeldRun(outputs, ALWAYS, true)) {
      Instant first = comparisons.atWork(ALWAYS).orElseThrow().until();
      await("the claim to be moved on")
          .atMost(PATIENCE)
          .until(() -> comparisons.atWork(ALWAYS).orElseThrow().until().isAfter(first));
      held.finish();
    }
  }

  @Test
  void failedRunIsFreeAtOnce() throws Exception {
    fill();
    Throttle failing =
        output -> {
          throw new IllegalStateException("no more");
        };
    assertThatThrownBy(() -> TestReconciler.drained(outputs, failing).run(ALWAYS))
        .hasMessageContaining("no more");
    assertThat(comparisons.find(1).orElseThrow())
        .returns(false, Comparisons.Summary::finished)
        .returns(null, Comparisons.Summary::worker);
    assertThat(TestReconciler.drained(outputs).run(ALWAYS).id()).isEqualTo(1);
  }

  /** A router looks what comes next, and another does it before this one begins. */
  @Test
  void noRowCountsTwiceForTheGates() throws Exception {
    List<AcceptedRecord> records = fill();
    Instant from = at(records.getFirst());
    Instant to = at(records.getLast()).plusMillis(1);
    ComparisonRequest window =
        ComparisonRequest.all(Origin.ROLLING, new ComparisonWindow(from, to));
    ComparisonRequest longer =
        ComparisonRequest.all(Origin.ROLLING, new ComparisonWindow(from, to.plusSeconds(1)));
    long compared = TestReconciler.drained(outputs).run(window).compared(Kind.HEALTH);
    assertThat(TestReconciler.drained(outputs).run(window).window().isEmpty()).isTrue();
    assertThat(TestReconciler.drained(outputs).run(longer).window())
        .isEqualTo(new ComparisonWindow(to, to.plusSeconds(1)));
    assertThat(
            comparisons.since(Kind.HEALTH, Instant.EPOCH).stream()
                .mapToLong(KindFigures::compared)
                .sum())
        .isEqualTo(compared)
        .isGreaterThanOrEqualTo(RECORDS);
  }

  @Test
  void routerLeavesTheRollingRunToTheOneThatIsAtIt() throws Exception {
    List<AcceptedRecord> records = fill();
    Instant until = at(records.getLast()).plusMillis(1);
    ComparisonRequest window =
        ComparisonRequest.all(
            Origin.ROLLING, new ComparisonWindow(until.minusSeconds(3_600), until));
    try (HeldRun held = new HeldRun(outputs, window, true)) {
      RollingComparison other =
          new RollingComparison(
              outputs.control(),
              TestReconciler.drained(outputs),
              comparisons,
              () -> Optional.of(until));
      List<ComparisonResult> found = new ArrayList<>();
      other.catchUp(found::add);
      assertThat(found).isEmpty();
      assertThat(number("SELECT COUNT(*) FROM comparison")).isEqualTo(1);
      held.finish();
    }
  }

  private List<AcceptedRecord> fill() throws Exception {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < RECORDS; second++) {
      records.add(SampleRecords.health("CLAIM", second));
    }
    new Output(outputs.legacy()).write(records);
    new Output(outputs.stream()).write(records);
    return records;
  }

  private void expire() {
    TestOutputs.update(
        outputs.control(),
        "UPDATE comparison SET claimed_until = CURRENT_TIMESTAMP(3) - INTERVAL 1 SECOND"
            + " WHERE state = 'RUNNING'");
  }

  /** What the runs hold, as one number that changes with any of it. */
  private String everything() {
    return number(
            "SELECT SUM(CRC32(CONCAT_WS('|', c.id, state, claim, verdict, progress, updated_at)))"
                + " FROM comparison c")
        + " "
        + number("SELECT SUM(CRC32(CONCAT_WS('|', HEX(id), class, looks, fields))) FROM difference")
        + " "
        + number(
            "SELECT SUM(CRC32(CONCAT_WS('|', kind, matching, missing_in_stream, late))) FROM"
                + " comparison_kind");
  }

  private long number(String sql) {
    return TestOutputs.number(outputs.control(), sql);
  }

  private static Instant at(AcceptedRecord record) {
    return AcceptanceStamp.instantOf(record.acceptance().stamp());
  }
}
