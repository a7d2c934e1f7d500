package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.gates.GatePolicy.Promotion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StagePolicyTest {

  private static final KindFlags CANARY = new KindFlags(Cohort.of(1_000), true);
  private static final KindFlags LIVE = new KindFlags(Cohort.EVERYBODY, true);
  private static final KindFlags COMPLETE = new KindFlags(Cohort.EVERYBODY, false);
  private static final KindFlags NONE = new KindFlags(Cohort.of(1_000), false);

  private static final Map<KindFlags, Set<KindFlags>> LEGAL =
      Map.of(
          KindFlags.LEGACY,
          Set.of(KindFlags.SHADOW),
          KindFlags.SHADOW,
          Set.of(KindFlags.LEGACY, CANARY),
          CANARY,
          Set.of(KindFlags.SHADOW, LIVE),
          LIVE,
          Set.of(KindFlags.SHADOW, CANARY, COMPLETE),
          COMPLETE,
          Set.of(LIVE),
          NONE,
          Set.of(KindFlags.SHADOW, CANARY, LIVE));

  @Test
  void onlyTheWayThroughTheStagesIsLegal() {
    for (KindFlags from : LEGAL.keySet()) {
      for (KindFlags to : LEGAL.keySet()) {
        assertThat(StagePolicy.objection(from, to) == null)
            .as("%s to %s: %s", from, to, StagePolicy.objection(from, to))
            .isEqualTo(LEGAL.getOrDefault(from, Set.of()).contains(to));
      }
    }
    assertThat(StagePolicy.objection(CANARY, new KindFlags(Cohort.of(500), true))).isNull();
  }

  @Test
  void everyStepForwardIsAPromotionAndNoStepBack() {
    assertThat(StagePolicy.promotion(KindFlags.SHADOW, CANARY)).hasValue(Promotion.TO_CANARY);
    assertThat(StagePolicy.promotion(CANARY, new KindFlags(Cohort.of(1_001), true)))
        .hasValue(Promotion.WITHIN_CANARY);
    assertThat(StagePolicy.promotion(CANARY, LIVE)).hasValue(Promotion.TO_LIVE);
    assertThat(StagePolicy.promotion(LIVE, COMPLETE)).hasValue(Promotion.TO_COMPLETE);
    assertThat(StagePolicy.promotion(CANARY, new KindFlags(Cohort.of(999), true))).isEmpty();
    for (KindFlags to : List.of(KindFlags.SHADOW, CANARY)) {
      assertThat(StagePolicy.promotion(LIVE, to)).isEmpty();
    }
    assertThat(StagePolicy.promotion(COMPLETE, LIVE)).isEmpty();
  }

  @Test
  void whateverAddsADeviceToACanaryIsAPromotion() {
    Cohort ten = new Cohort(1_000, Set.of("A"), Set.of("B"), Set.of(1L), Set.of(2L));
    for (Cohort more :
        List.of(
            new Cohort(1_001, Set.of("A"), Set.of("B"), Set.of(1L), Set.of(2L)),
            new Cohort(1_000, Set.of("A", outside(1_000)), Set.of("B"), Set.of(1L), Set.of(2L)),
            new Cohort(1_000, Set.of("A"), Set.of(), Set.of(1L), Set.of(2L)),
            new Cohort(1_000, Set.of("A"), Set.of("B"), Set.of(1L, 3L), Set.of(2L)),
            new Cohort(1_000, Set.of("A"), Set.of("B"), Set.of(1L), Set.of()),
            new Cohort(500, Set.of("A"), Set.of("B"), Set.of(1L, 3L), Set.of(2L)))) {
      assertThat(StagePolicy.promotion(new KindFlags(ten, true), new KindFlags(more, true)))
          .as("%s to %s", ten, more)
          .hasValue(Promotion.WITHIN_CANARY);
    }
    for (Cohort less :
        List.of(
            new Cohort(999, Set.of("A"), Set.of("B"), Set.of(1L), Set.of(2L)),
            new Cohort(1_000, Set.of(), Set.of("B"), Set.of(1L), Set.of(2L)),
            new Cohort(1_000, Set.of("A"), Set.of("B", "C"), Set.of(1L), Set.of(2L)),
            new Cohort(1_000, Set.of("A"), Set.of("B"), Set.of(), Set.of(2L)),
            new Cohort(1_000, Set.of("A"), Set.of("B"), Set.of(1L), Set.of(2L, 3L)))) {
      assertThat(StagePolicy.promotion(new KindFlags(ten, true), new KindFlags(less, true)))
          .as("%s to %s", ten, less)
          .isEmpty();
    }
  }

  @Test
  void canaryOfAllKnownDevicesIsShownWhatLiveIsShown() {
    KnownDevices.Moves all = new KnownDevices.Moves(5, 0, 10, 10);
    assertThat(StagePolicy.gates(Promotion.WITHIN_CANARY, all))
        .containsAll(Promotion.TO_LIVE.gates())
        .containsAll(Promotion.WITHIN_CANARY.gates());
    for (KnownDevices.Moves some :
        List.of(new KnownDevices.Moves(5, 0, 9, 10), new KnownDevices.Moves(0, 0, 0, 0))) {
      assertThat(StagePolicy.gates(Promotion.WITHIN_CANARY, some))
          .isEqualTo(Promotion.WITHIN_CANARY.gates());
    }
    assertThat(StagePolicy.gates(Promotion.TO_CANARY, null)).isEqualTo(Promotion.TO_CANARY.gates());
  }

  /** Out of no stage every way on is one, whatever the order of the names. */
  @Test
  void wayOutOfNoStageIsAPromotionToWhereItLeads() {
    assertThat(StagePolicy.promotion(NONE, CANARY)).hasValue(Promotion.TO_CANARY);
    assertThat(StagePolicy.promotion(NONE, LIVE)).hasValue(Promotion.TO_LIVE);
    assertThat(StagePolicy.promotion(NONE, COMPLETE)).hasValue(Promotion.TO_COMPLETE);
    assertThat(StagePolicy.promotion(NONE, KindFlags.SHADOW)).isEmpty();
    assertThat(StagePolicy.promotion(KindFlags.LEGACY, KindFlags.SHADOW)).isEmpty();
  }

  @Test
  void objectionsSayFromWhereAndWhy() {
    assertThat(StagePolicy.objection(CANARY, CANARY)).isEqualTo("it is canary 10.00 % already");
    assertThat(StagePolicy.objection(LIVE, KindFlags.LEGACY)).startsWith("live to legacy stops");
    assertThat(StagePolicy.objection(KindFlags.SHADOW, LIVE)).startsWith("shadow to live skips");
    assertThat(StagePolicy.objection(CANARY, COMPLETE)).startsWith("canary 10.00 % to complete");
    assertThat(StagePolicy.objection(COMPLETE, CANARY)).contains("go to live first");
    assertThat(StagePolicy.objection(COMPLETE, KindFlags.SHADOW)).contains("or roll back");
    assertThat(StagePolicy.objection(KindFlags.LEGACY, CANARY)).contains("skips shadow");
    assertThat(StagePolicy.objection(LIVE, NONE)).isEqualTo(NONE.danger());
  }

  private static String outside(int basisPoints) {
    return IntStream.range(0, 1_000)
        .mapToObj(i -> "DEV" + i)
        .filter(device -> Cohort.bucket(device) >= basisPoints)
        .findFirst()
        .orElseThrow();
  }
}
