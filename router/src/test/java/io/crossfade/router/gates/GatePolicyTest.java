package io.crossfade.router.gates;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.ConfidenceSequence;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.gates.GatePolicy.Promotion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GatePolicyTest {

  private static final Instant NOW = Instant.parse("2026-11-23T00:00:00Z");

  private final GatePolicy policy = TestGates.policy(Duration.ofDays(7));

  /** Figures with which every gate passes; each test spoils some. */
  private static final class Figures {
    private Duration lasted = Duration.ofDays(8);
    private Optional<Instant> comparedUntil = Optional.of(NOW.minusSeconds(60));
    private long compared = 1_000_000;
    private long unexplained;
    private long urgentMissing;
    private Optional<Duration> backlog = Optional.of(Duration.ofSeconds(1));
    private double legacyP95 = 2_000;
    private double streamP95 = 100;
    private long served = 1_000_000;
    private long fallbacks;
    private OptionalDouble streamRate = OptionalDouble.of(20_000);
    private OptionalLong held = OptionalLong.of(0);
    private boolean proven = true;
    private long brokenProofs;
    private OptionalLong urgentCompared = OptionalLong.of(3);
    private List<CheckReading> checks = List.of(TestGates.check(0.5, NOW, true, false));

    private GateEvidence evidence() {
      return new GateEvidence(
          NOW,
          NOW.minus(lasted),
          comparedUntil,
          compared,
          unexplained,
          urgentMissing,
          backlog,
          OptionalDouble.of(legacyP95),
          OptionalDouble.of(streamP95),
          served,
          fallbacks,
          OptionalDouble.of(5_000),
          streamRate,
          held,
          proven ? compared : 0,
          new Proof(400, 400 - brokenProofs, 0, 0),
          brokenProofs,
          7,
          2,
          urgentCompared,
          checks);
    }
  }

  private final Figures figures = new Figures();

  @Test
  void goodFiguresPassEverywhere() {
    for (Promotion promotion : Promotion.values()) {
      assertThat(overall(promotion)).as("%s", promotion).isEqualTo(Verdict.PASS);
    }
  }

  @Test
  void noEvidenceIsNeverAPass() {
    GateEvidence nothing =
        new GateEvidence(
            NOW,
            NOW,
            Optional.empty(),
            0,
            0,
            0,
            Optional.empty(),
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            0,
            0,
            OptionalDouble.empty(),
            OptionalDouble.empty(),
            OptionalLong.empty(),
            0,
            Proof.NONE,
            0,
            0,
            0,
            OptionalLong.of(0),
            List.of(TestGates.check(0.5, NOW, true, false)));
    assertThat(policy.judge(List.of(Gate.values()), nothing))
        .hasSize(Gate.values().length)
        .allSatisfy(
            result ->
                assertThat(result.verdict()).as("%s", result).isEqualTo(Verdict.INCONCLUSIVE));
    assertThat(Verdict.worst(List.of())).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void withoutAnUrgentEventNothingIsKnownOfThem() {
    figures.urgentCompared = OptionalLong.of(0);
    assertThat(verdict(Gate.URGENT_EVENTS)).isEqualTo(Verdict.INCONCLUSIVE);
    figures.urgentMissing = 1;
    assertThat(verdict(Gate.URGENT_EVENTS)).isEqualTo(Verdict.FAIL);
    figures.urgentMissing = 0;
    figures.urgentCompared = OptionalLong.of(1);
    assertThat(verdict(Gate.URGENT_EVENTS)).isEqualTo(Verdict.PASS);
    figures.urgentCompared = OptionalLong.empty();
    assertThat(verdict(Gate.URGENT_EVENTS)).as("a kind that has none").isEqualTo(Verdict.PASS);
  }

  @Test
  void whatIsExplainedAndLostStandsBesideWhatAgrees() {
    assertThat(policy.judge(List.of(Gate.CONSISTENCY), figures.evidence()).getFirst().findings())
        .extracting(Finding::toString)
        .contains("7 of them are explained, 2 records lost");
  }

  /** Figures that nobody proved may send a kind back, and never on. */
  @Test
  void withoutAProofNothingPassesAndAFailureStays() {
    figures.proven = false;
    assertThat(verdict(Gate.PROOF)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(verdict(Gate.URGENT_EVENTS)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(verdict(Gate.UNEXPLAINED)).isEqualTo(Verdict.INCONCLUSIVE);
    figures.unexplained = 3;
    assertThat(verdict(Gate.CONSISTENCY)).as("3 of a million").isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(verdict(Gate.UNEXPLAINED)).isEqualTo(Verdict.FAIL);
    figures.unexplained = 100_000;
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.FAIL);
  }

  @Test
  void missedPlantLetsNothingPass() {
    figures.brokenProofs = 1;
    assertThat(verdict(Gate.PROOF)).isEqualTo(Verdict.INCONCLUSIVE);
    for (Promotion promotion : Promotion.values()) {
      assertThat(overall(promotion))
          .as("%s", promotion)
          .isEqualTo(promotion == Promotion.TO_SHADOW ? Verdict.PASS : Verdict.INCONCLUSIVE);
    }
  }

  @Test
  void noTrafficIsNeverAPass() {
    figures.compared = 0;
    for (Gate gate : Gate.values()) {
      assertThat(verdict(gate)).as("%s", gate).isEqualTo(Verdict.INCONCLUSIVE);
    }
    figures.backlog = Optional.of(Duration.ofHours(1));
    assertThat(verdict(Gate.BACKLOG_AGE)).as("a failure is one").isEqualTo(Verdict.FAIL);
  }

  /** 99.9 % takes 3,424 clean records to show, at every look at once. */
  @Test
  void cleanRecordsPassOnlyOnceThereAreEnough() {
    figures.compared = 3_423;
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.INCONCLUSIVE);
    figures.compared = 3_424;
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.PASS);
  }

  @Test
  void consistencyFailsWhenItIsSurelyBelowAndWaitsInBetween() {
    figures.compared = 10_000;
    figures.unexplained = 10;
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.INCONCLUSIVE);
    figures.unexplained = 30;
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.FAIL);
  }

  @Test
  void oneUrgentEventOrOneUnexplainedRecordIsAFailure() {
    figures.urgentMissing = 1;
    figures.unexplained = 1;
    assertThat(verdict(Gate.URGENT_EVENTS)).isEqualTo(Verdict.FAIL);
    assertThat(verdict(Gate.UNEXPLAINED)).isEqualTo(Verdict.FAIL);
    assertThat(overall(Promotion.TO_CANARY)).isEqualTo(Verdict.FAIL);
  }

  @Test
  void staleEvidenceIsNoPassButStaysAFailure() {
    figures.comparedUntil = Optional.of(NOW.minus(Duration.ofMinutes(6)));
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(verdict(Gate.ERRORS)).isEqualTo(Verdict.INCONCLUSIVE);
    figures.unexplained = 500_000;
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.FAIL);
  }

  @Test
  void limitsHoldExactly() {
    figures.backlog = Optional.of(Duration.ofSeconds(60));
    figures.streamP95 = 1_000;
    figures.lasted = Duration.ofDays(7);
    figures.streamRate = OptionalDouble.of(10_000);
    figures.held = OptionalLong.of(1_000);
    for (Gate gate :
        List.of(Gate.BACKLOG_AGE, Gate.LATENCY, Gate.SOAK, Gate.THROUGHPUT, Gate.LEGACY_EMPTY)) {
      assertThat(verdict(gate)).as("%s", gate).isEqualTo(Verdict.PASS);
    }
    figures.backlog = Optional.of(Duration.ofMillis(60_001));
    figures.streamP95 = 1_001;
    figures.streamRate = OptionalDouble.of(9_999);
    figures.held = OptionalLong.of(1_001);
    for (Gate gate : List.of(Gate.BACKLOG_AGE, Gate.LATENCY, Gate.THROUGHPUT, Gate.LEGACY_EMPTY)) {
      assertThat(verdict(gate)).as("%s", gate).isEqualTo(Verdict.FAIL);
    }
    figures.lasted = Duration.ofDays(7).minusMillis(1);
    assertThat(verdict(Gate.SOAK)).as("time will show").isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void oneInAThousandFallbacksIsTooMany() {
    figures.served = 9_991;
    figures.fallbacks = 9;
    assertThat(verdict(Gate.ERRORS)).isEqualTo(Verdict.PASS);
    figures.served = 9_990;
    figures.fallbacks = 10;
    assertThat(verdict(Gate.ERRORS)).isEqualTo(Verdict.FAIL);
    figures.served = 990;
    figures.fallbacks = 9;
    assertThat(verdict(Gate.ERRORS)).as("too few").isEqualTo(Verdict.INCONCLUSIVE);
  }

  /** From so many records on a share or a percentile says something. */
  @Test
  void samplesBeginToCountAtTheirLimit() {
    List<Gate> asking =
        List.of(Gate.URGENT_EVENTS, Gate.UNEXPLAINED, Gate.ERRORS, Gate.LATENCY, Gate.THROUGHPUT);
    figures.compared = 1_000;
    figures.served = 1_000;
    for (Gate gate : asking) {
      assertThat(verdict(gate)).as("%s", gate).isEqualTo(Verdict.PASS);
    }
    figures.compared = 999;
    figures.served = 999;
    for (Gate gate : asking) {
      assertThat(verdict(gate)).as("%s", gate).isEqualTo(Verdict.INCONCLUSIVE);
    }
    figures.served = 0;
    figures.fallbacks = 1_000;
    assertThat(verdict(Gate.ERRORS)).as("all fell back").isEqualTo(Verdict.FAIL);
  }

  @Test
  void comparisonIsFreshUpToItsLimitAndIsSaidToBeStaleAfterIt() {
    figures.comparedUntil = Optional.of(NOW.minus(Duration.ofMinutes(5)));
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.PASS);
    assertThat(result(Gate.CONSISTENCY).figures()).doesNotContain("stale");
    figures.comparedUntil = Optional.of(NOW.minus(Duration.ofMinutes(5)).minusNanos(1));
    assertThat(verdict(Gate.CONSISTENCY)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(result(Gate.CONSISTENCY).figures()).endsWith("compared until 5 min ago, stale");
  }

  /** A bound that meets the target: the lower one shows it, the upper one does not refute it. */
  @Test
  void boundsMayMeetTheTarget() {
    figures.compared = 10_000;
    figures.unexplained = 20;
    double lower = 100 * ConfidenceSequence.lower(9_980, 10_000);
    double upper = 100 * ConfidenceSequence.upper(9_980, 10_000);
    assertThat(consistency(lower)).isEqualTo(Verdict.PASS);
    assertThat(consistency(Math.nextUp(lower))).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(consistency(upper)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(consistency(Math.nextUp(upper))).isEqualTo(Verdict.FAIL);
  }

  private Verdict consistency(double target) {
    GateSettings settings =
        new GateSettings(
            target,
            Duration.ZERO,
            Duration.ofMinutes(1),
            0.5,
            0.1,
            2,
            1_000,
            1_000,
            Duration.ofMinutes(5));
    return new GatePolicy(settings)
        .judge(List.of(Gate.CONSISTENCY), figures.evidence())
        .getFirst()
        .verdict();
  }

  @Test
  void nothingIsTwiceAsFastAsNothing() {
    figures.legacyP95 = 0;
    assertThat(verdict(Gate.LATENCY)).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(result(Gate.LATENCY).figures()).isEqualTo("not measured on both paths");
    figures.streamRate = OptionalDouble.empty();
    assertThat(verdict(Gate.THROUGHPUT)).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void agesAreSaidInTheUnitThatFits() {
    assertThat(
            Stream.of(
                    Duration.ofSeconds(-5),
                    Duration.ofMillis(900),
                    Duration.ofSeconds(119),
                    Duration.ofSeconds(120),
                    Duration.ofMinutes(119),
                    Duration.ofMinutes(120),
                    Duration.ofHours(47),
                    Duration.ofHours(48))
                .map(Finding::age))
        .containsExactly("0 s", "0 s", "119 s", "2 min", "119 min", "2 h", "47 h", "2 d");
  }

  @Test
  void everyResultNamesItsNumbers() {
    figures.unexplained = 17;
    figures.compared = 54_321;
    assertThat(policy.judge(List.of(Gate.CONSISTENCY), figures.evidence()).getFirst().figures())
        .contains("54304 of 54321", "limit 99.9 %", "compared until 60 s ago");
  }

  @Test
  void checkOfOnesOwnIsAskedWhereverAGateIs() {
    for (Promotion promotion : Promotion.values()) {
      figures.checks = List.of(TestGates.check(2, NOW, false, false));
      assertThat(overall(promotion))
          .as("%s", promotion)
          .isEqualTo(promotion == Promotion.TO_SHADOW ? Verdict.PASS : Verdict.FAIL);
      figures.checks = List.of(TestGates.check(2, NOW, false, true));
      assertThat(overall(promotion)).as("%s, a dry run", promotion).isEqualTo(Verdict.PASS);
      assertThat(policy.judge(promotion.gates(), figures.evidence()))
          .hasSize(promotion.gates().size());
    }
    assertThat(result(Gate.CHECK).title()).isEqualTo("CHECK load");
  }

  @Test
  void onlyACheckThatIsToRollsBack() {
    figures.checks =
        List.of(
            TestGates.check(2, NOW, false, false),
            TestGates.check(2, NOW, true, true),
            TestGates.check(1, NOW, true, false));
    assertThat(policy.failedGuards(true, figures.evidence())).isEmpty();
    figures.checks = List.of(TestGates.check(2, NOW, true, false));
    for (boolean dualWrite : List.of(true, false)) {
      assertThat(policy.failedGuards(dualWrite, figures.evidence()))
          .extracting(GateResult::title)
          .containsExactly("CHECK load");
    }
  }

  private Verdict verdict(Gate gate) {
    return result(gate).verdict();
  }

  private GateResult result(Gate gate) {
    return policy.judge(List.of(gate), figures.evidence()).getFirst();
  }

  private Verdict overall(Promotion promotion) {
    return GatePolicy.overall(policy.judge(promotion.gates(), figures.evidence()));
  }
}
