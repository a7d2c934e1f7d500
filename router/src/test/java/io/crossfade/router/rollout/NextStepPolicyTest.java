package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.Gate;
import io.crossfade.router.gates.GateEvidence;
import io.crossfade.router.gates.GatePolicy;
import io.crossfade.router.gates.GateResult;
import io.crossfade.router.gates.TestGates;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.rollout.NextStepPolicy.Count;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NextStepPolicyTest {

  private static final Instant NOW = Instant.parse("2026-11-27T03:00:00Z");
  private static final List<BigDecimal> PLAN =
      List.of(new BigDecimal("10"), new BigDecimal("30"), new BigDecimal("100"));
  private static final int SITUATIONS = 1_500;

  private final GatePolicy gates = TestGates.policy(Duration.ofDays(7));
  private final NextStepPolicy policy = new NextStepPolicy(gates, PLAN);

  private static final List<KindFlags> FLAGS =
      List.of(
          KindFlags.LEGACY,
          KindFlags.SHADOW,
          new KindFlags(Cohort.of(1), true),
          new KindFlags(Cohort.of(1_000), true),
          new KindFlags(Cohort.of(3_000), true, false),
          new KindFlags(new Cohort(0, Set.of("A"), Set.of(), Set.of(), Set.of()), true),
          new KindFlags(new Cohort(Cohort.ALL, Set.of(), Set.of("B"), Set.of(), Set.of()), true),
          new KindFlags(Cohort.EVERYBODY, true),
          new KindFlags(Cohort.EVERYBODY, false),
          new KindFlags(Cohort.of(1_000), false));

  /** The way through the stages, step by step, as the plan has it. */
  @Test
  void stepsLeadFromLegacyToComplete() {
    List<String> way = new ArrayList<>();
    KindFlags now = KindFlags.LEGACY;
    for (Optional<StageChange> next = step(now); next.isPresent(); next = step(now)) {
      KindFlags to = after(next.get(), now);
      assertThat(StagePolicy.objection(now, to)).isNull();
      way.add(to.toString());
      now = to;
    }
    assertThat(way)
        .containsExactly("shadow", "canary 10.00 %", "canary 30.00 %", "live", "complete");
    assertThat(policy.decide(Kind.HEALTH, now, good(), to -> new Count.Made(null)))
        .isInstanceOf(NextStep.Done.class);
  }

  /** What is made is asked of the gates alone: no sentence takes part. */
  @Test
  void readyIsSaidExactlyWhenTheChangeWouldBeMade() {
    Set<Class<?>> said = new HashSet<>();
    Set<Stage> ready = new HashSet<>();
    for (long seed = 0; seed < SITUATIONS; seed++) {
      Random random = new Random(seed);
      KindFlags now = FLAGS.get(random.nextInt(FLAGS.size()));
      GateEvidence figures = figures(random);
      KnownDevices.@Nullable Moves moves =
          switch (random.nextInt(3)) {
            case 0 -> null;
            case 1 -> new KnownDevices.Moves(5, 0, 5, 5);
            default -> new KnownDevices.Moves(5, 0, 5, 50);
          };
      NextStep step = policy.decide(Kind.HEALTH, now, figures, to -> new Count.Made(moves));
      said.add(step.getClass());
      NextStep counting = policy.decide(Kind.HEALTH, now, figures, to -> new Count.Underway());
      if (counting instanceof NextStep.Counting) {
        said.add(NextStep.Counting.class);
      } else {
        assertThat(step).as("nobody has to count, seed %d", seed).isEqualTo(counting);
      }
      Optional<StageChange> change = step(now);
      if (change.isEmpty()) {
        assertThat(step).isInstanceOf(NextStep.Done.class);
        continue;
      }
      KindFlags to = after(change.get(), now);
      List<GateResult> asked =
          StagePolicy.promotion(now, to)
              .map(promotion -> gates.judge(StagePolicy.gates(promotion, moves), figures))
              .orElse(List.of());
      boolean allowed =
          StagePolicy.objection(now, to) == null && GatePolicy.overall(asked) == Verdict.PASS;
      assertThat(step instanceof NextStep.Ready)
          .as("seed %d: %s of %s with %s", seed, step, now, asked)
          .isEqualTo(allowed);
      if (allowed) {
        ready.add(to.stage());
      }
      assertWaitsOnlyForWhatTimeBrings(seed, step, asked, figures);
    }
    assertThat(said)
        .containsExactlyInAnyOrder(
            NextStep.Done.class,
            NextStep.Counting.class,
            NextStep.Ready.class,
            NextStep.Blocked.class,
            NextStep.Waits.class,
            NextStep.NeedsRows.class);
    assertThat(ready)
        .containsExactlyInAnyOrder(Stage.SHADOW, Stage.CANARY, Stage.LIVE, Stage.COMPLETE);
  }

  private static void assertWaitsOnlyForWhatTimeBrings(
      long seed, NextStep step, List<GateResult> asked, GateEvidence figures) {
    List<Gate> failed =
        asked.stream()
            .filter(result -> result.verdict() == Verdict.FAIL)
            .map(GateResult::gate)
            .toList();
    switch (step) {
      case NextStep.Done done -> {}
      case NextStep.Ready ready -> {}
      case NextStep.Counting counting -> throw new AssertionError("they were counted");
      case NextStep.Blocked blocked -> {
        assertThat(asked).as("seed %d", seed).contains(blocked.by());
        if (!failed.isEmpty()) {
          assertThat(blocked.by().gate())
              .as("the worst, seed %d", seed)
              .isEqualTo(failed.getFirst());
        }
        assertThat(blocked.by().verdict()).isNotEqualTo(Verdict.PASS);
      }
      case NextStep.Waits waits -> {
        assertThat(failed).isEmpty();
        assertThat(waits.until())
            .as("the end of the soak, seed %d", seed)
            .isEqualTo(figures.since().plus(Duration.ofDays(7)));
      }
      case NextStep.NeedsRows needs -> {
        assertThat(failed).isEmpty();
        assertThat(needs.rows()).as("seed %d", seed).isNotNegative();
        assertThat(needs.time()).isPositive();
      }
    }
  }

  @Test
  void sentenceNamesWhatIsMissing() {
    // A thousand rows an hour, all alike: 99.9 % needs some three thousand.
    GateEvidence few =
        evidence(Duration.ofHours(1), 1_000, 0, OptionalLong.of(1), Duration.ofDays(8));
    GateEvidence hour =
        new GateEvidence(
            few.at(),
            NOW.minus(Duration.ofHours(1)),
            Optional.of(NOW),
            1_000,
            0,
            0,
            few.oldestUnacknowledged(),
            few.legacyP95(),
            few.streamP95(),
            1_000,
            0,
            few.legacyRate(),
            few.streamRate(),
            few.legacyHeld(),
            1_000,
            few.proof(),
            0,
            0,
            0,
            few.urgentCompared());
    NextStep next =
        policy.decide(
            Kind.HEALTH, new KindFlags(Cohort.of(1_000), true), hour, to -> new Count.Made(null));
    assertThat(next)
        .isInstanceOfSatisfying(
            NextStep.NeedsRows.class,
            needs -> {
              assertThat(needs.by()).isEqualTo(Gate.CONSISTENCY);
              assertThat(needs.rows()).isBetween(1_500L, 4_000L);
              assertThat(needs.time()).isBetween(Duration.ofMinutes(90), Duration.ofHours(4));
            });
    assertThat(policy.decide(Kind.HEALTH, KindFlags.SHADOW, hour, to -> new Count.Made(null)))
        .isInstanceOfSatisfying(
            NextStep.Waits.class,
            waits ->
                assertThat(waits.until())
                    .isEqualTo(NOW.minus(Duration.ofHours(1)).plus(Duration.ofDays(7))));
  }

  private Optional<StageChange> step(KindFlags now) {
    return policy.change(Kind.HEALTH, now, 1);
  }

  private static KindFlags after(StageChange change, KindFlags now) {
    try {
      return change.from(now);
    } catch (RefusedException e) {
      throw new AssertionError(e);
    }
  }

  private static GateEvidence good() {
    return evidence(Duration.ofSeconds(1), 1_000_000, 0, OptionalLong.of(3), Duration.ofDays(8));
  }

  private static GateEvidence figures(Random random) {
    // Near the limits as often as far from them.
    long compared = List.of(0L, 500L, 1_000L, 2_900L, 100_000L).get(random.nextInt(5));
    long wrong = random.nextInt(4) == 0 ? random.nextInt(3) : 0;
    Duration lasted =
        List.of(Duration.ofMinutes(1), Duration.ofDays(7), Duration.ofDays(9))
            .get(random.nextInt(3));
    GateEvidence good =
        evidence(
            Duration.ofSeconds(random.nextInt(8) * 50),
            compared,
            wrong,
            random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(random.nextInt(2)),
            lasted);
    long served = random.nextInt(4) == 0 ? 500 : compared;
    return new GateEvidence(
        good.at(),
        good.since(),
        random.nextInt(20) == 0 ? Optional.empty() : good.comparedUntil(),
        compared,
        wrong,
        random.nextInt(8) == 0 ? 1 : 0,
        random.nextInt(10) == 0
            ? Optional.empty()
            : Optional.of(Duration.ofSeconds(random.nextInt(10) == 0 ? 61 : 60)),
        OptionalDouble.of(2_000),
        random.nextInt(10) == 0
            ? OptionalDouble.empty()
            : OptionalDouble.of(random.nextInt(8) == 0 ? 1_001 : 1_000),
        served,
        random.nextInt(10) == 0 ? 1 : 0,
        OptionalDouble.of(5_000),
        OptionalDouble.of(random.nextInt(8) == 0 ? 9_999 : 10_000),
        OptionalLong.of(random.nextInt(8) == 0 ? 1_001 : 0),
        random.nextInt(8) == 0 ? 0 : compared,
        good.proof(),
        random.nextInt(10) == 0 ? 1 : 0,
        0,
        0,
        good.urgentCompared());
  }

  private static GateEvidence evidence(
      Duration late, long compared, long unexplained, OptionalLong urgent, Duration lasted) {
    return new GateEvidence(
        NOW,
        NOW.minus(lasted),
        Optional.of(NOW.minus(late)),
        compared,
        unexplained,
        0,
        Optional.of(Duration.ofSeconds(1)),
        OptionalDouble.of(2_000),
        OptionalDouble.of(100),
        compared,
        0,
        OptionalDouble.of(5_000),
        OptionalDouble.of(20_000),
        OptionalLong.of(0),
        compared,
        new Proof(400, 400, 0, 0),
        0,
        0,
        0,
        urgent);
  }
}
