package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.Stage;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What somebody asks for becomes flags, or is refused. */
class StageChangeTest {

  private static final Cohort BEFORE =
      new Cohort(1_234, Set.of("A"), Set.of("B"), Set.of(1L), Set.of(2L));

  @Test
  void stagesWithoutAChoiceBecomeTheirFlagsWhateverWasBefore() throws RefusedException {
    KindFlags canary = new KindFlags(BEFORE, true);
    assertThat(to(Stage.LEGACY, null).from(canary)).isEqualTo(KindFlags.LEGACY);
    assertThat(to(Stage.SHADOW, null).from(canary)).isEqualTo(KindFlags.SHADOW);
    assertThat(to(Stage.LIVE, null).from(canary)).isEqualTo(new KindFlags(Cohort.EVERYBODY, true));
    assertThat(to(Stage.COMPLETE, null).from(canary))
        .isEqualTo(new KindFlags(Cohort.EVERYBODY, false));
  }

  @Test
  void canaryKeepsWhatIsNotAskedFor() throws RefusedException {
    KindFlags canary = new KindFlags(BEFORE, true);
    assertThat(to(Stage.CANARY, null).from(canary)).isEqualTo(canary);
    assertThat(to(Stage.CANARY, new BigDecimal("50")).from(canary))
        .isEqualTo(new KindFlags(BEFORE.withShare(5_000), true));
    assertThat(exceptions(Set.of("X"), null, null, null).from(canary).cohort())
        .isEqualTo(new Cohort(1_234, Set.of("X"), Set.of("B"), Set.of(1L), Set.of(2L)));
    assertThat(exceptions(null, Set.of("X"), null, null).from(canary).cohort())
        .isEqualTo(new Cohort(1_234, Set.of("A"), Set.of("X"), Set.of(1L), Set.of(2L)));
    assertThat(exceptions(null, null, Set.of(9L), null).from(canary).cohort())
        .isEqualTo(new Cohort(1_234, Set.of("A"), Set.of("B"), Set.of(9L), Set.of(2L)));
    assertThat(exceptions(null, null, null, Set.of()).from(canary).cohort())
        .isEqualTo(new Cohort(1_234, Set.of("A"), Set.of("B"), Set.of(1L), Set.of()));
    assertThat(to(Stage.CANARY, BigDecimal.TEN).from(KindFlags.SHADOW))
        .as("dual write comes with it")
        .isEqualTo(new KindFlags(Cohort.of(1_000), true));
  }

  @Test
  void whatIsNoCanaryIsRefused() {
    for (BigDecimal share : List.of(BigDecimal.ZERO, new BigDecimal("100"))) {
      RefusedException refused = refused(to(Stage.CANARY, share));
      assertThat(refused.refusal()).isEqualTo(Refusal.PERCENTAGE_OUT_OF_RANGE);
      assertThat(refused.detail()).contains("0.01 to 99.99 percent").contains("this would be");
    }
    for (String share : List.of("12.345", "-1", "100.01")) {
      RefusedException refused = refused(to(Stage.CANARY, new BigDecimal(share)));
      assertThat(refused.refusal()).isEqualTo(Refusal.PERCENTAGE_OUT_OF_RANGE);
      assertThat(refused.detail()).contains(share).contains("in steps of 0.01");
    }
    assertThat(refused(to(Stage.NONE, null)).refusal()).isEqualTo(Refusal.UNKNOWN_STAGE);
  }

  @Test
  void fieldsOfARequestLeadToTheFlagsTheyWereMadeOf() {
    assertThat(StageChange.fields(Kind.EVENT, KindFlags.SHADOW))
        .isEqualTo(Map.of("kind", "event", "stage", "shadow"));
    assertThat(StageChange.fields(Kind.HEALTH, new KindFlags(BEFORE, true)))
        .isEqualTo(
            Map.of(
                "kind",
                "health",
                "stage",
                "canary",
                "percentage",
                new BigDecimal("12.34"),
                "allowDevices",
                Set.of("A"),
                "denyDevices",
                Set.of("B"),
                "allowCustomers",
                Set.of(1L),
                "denyCustomers",
                Set.of(2L)));
  }

  private static RefusedException refused(StageChange change) {
    return catchThrowableOfType(
        RefusedException.class, () -> change.from(new KindFlags(Cohort.NOBODY, true)));
  }

  private static StageChange to(Stage stage, @Nullable BigDecimal percentage) {
    return StageChange.to(Kind.HEALTH, stage, percentage, "a reason", 7);
  }

  private static StageChange exceptions(
      @Nullable Set<String> allow,
      @Nullable Set<String> deny,
      @Nullable Set<Long> allowCustomers,
      @Nullable Set<Long> denyCustomers) {
    return new StageChange(
        Set.of(Kind.HEALTH),
        Stage.CANARY,
        null,
        allow,
        deny,
        allowCustomers,
        denyCustomers,
        "a reason",
        null,
        7,
        false);
  }
}
