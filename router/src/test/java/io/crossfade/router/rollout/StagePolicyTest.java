package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.router.gates.GatePolicy.Promotion;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
}
