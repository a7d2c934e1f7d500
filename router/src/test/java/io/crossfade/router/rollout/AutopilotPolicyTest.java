package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.gates.CheckReading;
import io.crossfade.router.gates.Gate;
import io.crossfade.router.gates.GateEvidence;
import io.crossfade.router.gates.GatePolicy;
import io.crossfade.router.gates.GateResult;
import io.crossfade.router.gates.GateSettings;
import io.crossfade.router.gates.TestGates;
import io.crossfade.router.rollout.AutopilotPolicy.Back;
import io.crossfade.router.rollout.AutopilotPolicy.Decision;
import io.crossfade.router.rollout.AutopilotPolicy.Forward;
import io.crossfade.router.rollout.AutopilotPolicy.Stay;
import io.crossfade.router.rollout.RolloutSettings.Depth;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a kind does without a person. */
class AutopilotPolicyTest {

  private static final Instant NOW = Instant.parse("2026-11-27T00:00:00Z");
  private static final Duration SOAK = Duration.ofDays(7);
  private static final Stay STAY = new Stay();
  private static final KindFlags LIVE = new KindFlags(Cohort.EVERYBODY, true);
  private static final KindFlags COMPLETE = new KindFlags(Cohort.EVERYBODY, false);
  private static final KindFlags ONE_WAY = new KindFlags(Cohort.of(3_000), false);

  /** Figures with which every gate passes; each test spoils some. */
  private Duration lasted = SOAK;

  private long unexplained;
  private long urgentMissing;
  private long fallbacks;
  private Optional<Duration> backlog = Optional.of(Duration.ofSeconds(1));
  private double streamP95 = 100;
  private long brokenProofs;
  private int asked;
  private List<CheckReading> checks = List.of();

  private Set<Kind> automatic = Set.of(Kind.values());
  private Set<Kind> planned = Set.of(Kind.EVENT);
  private List<BigDecimal> plan = Stream.of("10", "30", "50", "100").map(BigDecimal::new).toList();
  private Depth depth = Depth.SHADOW;

  @Test
  void kindThatTheStreamDoesNotServeStaysAndNobodyIsAsked() {
    assertThat(decide(KindFlags.LEGACY)).isEqualTo(STAY);
    planned = Set.of(Kind.HEALTH);
    unexplained = 100_000;
    assertThat(decide(KindFlags.SHADOW)).as("not planned").isEqualTo(STAY);
    assertThat(asked).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, 10", "500, 10", "1000, 30", "1001, 30", "2999, 30", "3000, 50", "4900, 50"})
  void plannedKindGoesToTheNextStep(int share, BigDecimal next) {
    assertThat(decide(new KindFlags(share == 0 ? Cohort.NOBODY : Cohort.of(share), true)))
        .isEqualTo(new Forward(Stage.CANARY, next, SOAK));
    assertThat(asked).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"5000", "7500", "9999"})
  void lastStepIsAllDevices(int share) {
    assertThat(decide(canary(share))).isEqualTo(new Forward(Stage.LIVE, null, SOAK));
  }

  @Test
  void atTheEndOfThePlanItStays() {
    assertThat(decide(LIVE)).isEqualTo(STAY);
    assertThat(decide(COMPLETE)).as("nobody completes by himself").isEqualTo(STAY);
    plan = List.of(new BigDecimal("10"));
    assertThat(decide(canary(1_000))).isEqualTo(STAY);
  }

  @Test
  void eachStepLastsItsTime() {
    lasted = SOAK.minusNanos(1);
    assertThat(decide(canary(1_000))).isEqualTo(STAY);
    lasted = SOAK.plusNanos(1);
    assertThat(decide(canary(1_000)))
        .isEqualTo(new Forward(Stage.CANARY, new BigDecimal("30"), lasted));
  }

  @Test
  void whatThePlanDoesNotNameIsNotTaken() {
    planned = Set.of(Kind.HEALTH, Kind.DEVICE);
    assertThat(decide(canary(1_000))).isEqualTo(STAY);
  }

  /** Each way asks for its own gates. */
  @Test
  void oneGateThatDoesNotPassHoldsItWhereItIs() {
    brokenProofs = 1;
    assertThat(decide(KindFlags.SHADOW)).isEqualTo(STAY);
    assertThat(decide(canary(1_000))).isEqualTo(STAY);
    brokenProofs = 0;
    streamP95 = 1_900;
    assertThat(decide(canary(5_000))).as("slow: not for all devices").isEqualTo(STAY);
    assertThat(decide(canary(1_000))).as("no question yet").isInstanceOf(Forward.class);
    streamP95 = 100;
    backlog = Optional.empty();
    assertThat(decide(KindFlags.SHADOW)).as("Redis cannot be asked").isEqualTo(STAY);
  }

  /** Into the canary fallbacks are no question, for there were none to have; within it they are. */
  @Test
  void fallbacksAreAskedForOnceTheStreamServes() {
    fallbacks = 10_000;
    assertThat(decide(KindFlags.SHADOW)).isInstanceOf(Forward.class);
    automatic = Set.of();
    assertThat(decide(canary(1_000))).isEqualTo(STAY);
  }

  @Test
  void kindGoesBackWhenAGuardFailsWithTheGatesThatSayWhy() {
    urgentMissing = 1;
    fallbacks = 10_000;
    Back back = (Back) decide(canary(3_000));
    assertThat(back.to()).isEqualTo(KindFlags.SHADOW.withOptIn(false));
    assertThat(back.failed())
        .extracting(GateResult::gate)
        .containsExactly(Gate.URGENT_EVENTS, Gate.ERRORS);
    assertThat(back.failed()).extracting(GateResult::verdict).containsOnly(Verdict.FAIL);
    assertThat(back.figures()).isEqualTo(evidence());
    assertThat(asked).isEqualTo(1);
  }

  @Test
  void whatIsNotKnownSendsNobodyBack() {
    backlog = Optional.empty();
    assertThat(decide(canary(3_000))).isEqualTo(STAY);
  }

  @Test
  void kindThatMayNotGoBackByItselfDoesNotGoOnEither() {
    automatic = Set.of(Kind.HEALTH, Kind.DEVICE);
    urgentMissing = 1;
    assertThat(decide(canary(3_000))).isEqualTo(STAY);
  }

  @Test
  void withoutCopiesWhatIsComparedIsNoGuard() {
    unexplained = 500_000;
    urgentMissing = 1;
    assertThat(decide(COMPLETE)).isEqualTo(STAY);
    assertThat(decide(ONE_WAY)).as("nor a reason to go on").isEqualTo(STAY);
    fallbacks = 10_000;
    assertThat(((Back) decide(COMPLETE)).failed())
        .extracting(GateResult::gate)
        .containsExactly(Gate.ERRORS);
  }

  @ParameterizedTest
  @EnumSource
  void howFarBackIsASetting(Depth to) {
    depth = to;
    urgentMissing = 1;
    fallbacks = 10_000;
    boolean one = to == Depth.ONE_STAGE;
    assertThat(back(canary(3_000))).isEqualTo(off(KindFlags.SHADOW));
    assertThat(back(ONE_WAY)).as("no stage").isEqualTo(off(KindFlags.SHADOW));
    assertThat(back(COMPLETE)).isEqualTo(off(one ? LIVE : KindFlags.SHADOW));
    assertThat(back(LIVE)).isEqualTo(off(one ? canary(5_000) : KindFlags.SHADOW));
    plan = List.of(new BigDecimal("100"));
    assertThat(back(LIVE)).as("the plan knows no canary").isEqualTo(off(KindFlags.SHADOW));
  }

  @Test
  void checkOfOnesOwnHoldsAndSendsBackOnlyIfItIsTo() {
    checks = List.of(TestGates.check(2, NOW, false, false));
    assertThat(decide(canary(1_000))).isEqualTo(STAY);
    checks = List.of(TestGates.check(2, NOW, false, true));
    assertThat(decide(canary(1_000))).as("a dry run").isInstanceOf(Forward.class);
    checks = List.of(TestGates.check(2, NOW, true, false));
    assertThat(((Back) decide(canary(1_000))).failed())
        .extracting(GateResult::title)
        .containsExactly("CHECK load");
    checks = List.of(TestGates.check(2, NOW.minus(lasted).minusMillis(1), true, false));
    assertThat(decide(canary(1_000))).as("measured under other flags").isEqualTo(STAY);
    automatic = Set.of();
    checks = List.of(TestGates.check(2, NOW, true, false));
    assertThat(decide(canary(1_000))).as("nothing goes back by itself").isEqualTo(STAY);
  }

  private KindFlags back(KindFlags from) {
    return ((Back) decide(from)).to();
  }

  /** As any rollback does. */
  private static KindFlags off(KindFlags flags) {
    return flags.withOptIn(false);
  }

  private static KindFlags canary(int basisPoints) {
    return new KindFlags(Cohort.of(basisPoints), true);
  }

  private Decision decide(KindFlags now) {
    RolloutSettings settings =
        new RolloutSettings(
            Stage.LEGACY,
            Duration.ofMinutes(1),
            Duration.ofSeconds(10),
            automatic,
            depth,
            planned,
            plan,
            SOAK,
            Path.of("unused"));
    GatePolicy gates =
        new GatePolicy(
            new GateSettings(
                99.9,
                SOAK,
                Duration.ofMinutes(1),
                0.5,
                0.1,
                2,
                1_000,
                1_000,
                Duration.ofMinutes(5)));
    return new AutopilotPolicy(settings, gates)
        .decide(
            Kind.EVENT,
            now,
            () -> {
              asked++;
              return evidence();
            });
  }

  private GateEvidence evidence() {
    return new GateEvidence(
        NOW,
        NOW.minus(lasted),
        Optional.of(NOW.minusSeconds(60)),
        1_000_000,
        unexplained,
        urgentMissing,
        backlog,
        OptionalDouble.of(2_000),
        OptionalDouble.of(streamP95),
        1_000_000,
        fallbacks,
        OptionalDouble.of(5_000),
        OptionalDouble.of(20_000),
        OptionalLong.of(0),
        1_000_000,
        new Proof(400, 400 - brokenProofs, 0, 0),
        brokenProofs,
        7,
        2,
        OptionalLong.of(3),
        checks);
  }
}
