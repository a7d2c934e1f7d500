package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.Kind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.togglz.core.activation.Parameter;
import org.togglz.core.repository.FeatureState;

/** Flags as Togglz keeps them, and back. */
class RolloutFeatureTest {

  @Test
  void threeSwitchesSayWhatWasSwitched() {
    Cohort named = new Cohort(0, Set.of("A"), Set.of("B"), Set.of(1L), Set.of(2L));
    for (Kind kind : Kind.values()) {
      for (Cohort cohort : List.of(Cohort.NOBODY, Cohort.of(1), named, Cohort.EVERYBODY)) {
        for (int other = 0; other < 4; other++) {
          KindFlags flags = new KindFlags(cohort, other % 2 == 0, other < 2);
          List<FeatureState> states = RolloutFeature.states(kind, flags);
          assertThat(states)
              .extracting(FeatureState::getFeature)
              .containsExactly(
                  RolloutFeature.stream(kind),
                  RolloutFeature.dualWrite(kind),
                  RolloutFeature.optIn(kind));
          assertThat(states.getFirst().isEnabled()).isEqualTo(!cohort.nobody());
          assertThat(RolloutFeature.flags(states.get(0), states.get(1), states.get(2)))
              .isEqualTo(flags);
        }
      }
      assertThat(RolloutFeature.stream(kind).kind()).isEqualTo(kind);
      assertThat(RolloutFeature.dualWrite(kind).kind()).isEqualTo(kind);
      assertThat(RolloutFeature.optIn(kind).kind()).isEqualTo(kind);
    }
  }

  @Test
  void switchThatWasNeverSetIsOffButTheOptIn() {
    assertThat(RolloutFeature.flags(null, null, null)).isEqualTo(KindFlags.LEGACY);
    assertThat(KindFlags.LEGACY.optIn()).isTrue();
    RolloutFeatures togglz = new RolloutFeatures();
    for (Kind kind : Kind.values()) {
      for (RolloutFeature feature :
          List.of(RolloutFeature.stream(kind), RolloutFeature.optIn(kind))) {
        assertThat(togglz.getMetaData(feature).getDefaultFeatureState().isEnabled())
            .as("in Togglz, too: %s", feature)
            .isEqualTo(feature.equals(RolloutFeature.optIn(kind)));
      }
    }
    FeatureState off = new FeatureState(RolloutFeature.HEALTH_STREAM, false);
    off.setStrategyId("gradual");
    assertThat(RolloutFeature.flags(off, null, null))
        .as("whatever its strategy")
        .isEqualTo(KindFlags.LEGACY);
  }

  /** As Togglz' console leaves a switch that somebody turned on and gave no strategy. */
  @Test
  void switchWithoutAStrategyIsForAll() {
    FeatureState stream = new FeatureState(RolloutFeature.HEALTH_STREAM, true);
    FeatureState dualWrite = new FeatureState(RolloutFeature.HEALTH_DUAL_WRITE, true);
    assertThat(RolloutFeature.flags(stream, dualWrite, null))
        .isEqualTo(new KindFlags(Cohort.EVERYBODY, true));
    stream.setStrategyId(" ");
    assertThat(RolloutFeature.flags(stream, null, null))
        .isEqualTo(new KindFlags(Cohort.EVERYBODY, false));
  }

  @Test
  void otherStrategiesAreRefused() {
    FeatureState stream = new FeatureState(RolloutFeature.HEALTH_STREAM, true);
    stream.setStrategyId("gradual");
    FeatureState dualWrite = new FeatureState(RolloutFeature.HEALTH_DUAL_WRITE, true);
    dualWrite.setStrategyId(DeviceCohortStrategy.ID);
    assertThatThrownBy(() -> RolloutFeature.flags(stream, null, null))
        .hasMessageContaining("HEALTH_STREAM cannot use the strategy gradual");
    assertThatThrownBy(() -> RolloutFeature.flags(null, dualWrite, null))
        .hasMessageContaining("HEALTH_DUAL_WRITE cannot use the strategy device-cohort");
    FeatureState optIn = new FeatureState(RolloutFeature.HEALTH_OPT_IN, true);
    optIn.setStrategyId(DeviceCohortStrategy.ID);
    assertThatThrownBy(() -> RolloutFeature.flags(null, null, optIn))
        .hasMessageContaining("HEALTH_OPT_IN cannot use the strategy device-cohort");
    assertThat(RolloutFeature.named("EVENT_STREAM")).contains(RolloutFeature.EVENT_STREAM);
    assertThat(RolloutFeature.named("SLEEP_STREAM")).isEmpty();
  }

  @Test
  void switchIsCheckedByItself() {
    RolloutFeature.check(new FeatureState(RolloutFeature.HEALTH_STREAM, true));
    RolloutFeature.check(new FeatureState(RolloutFeature.HEALTH_DUAL_WRITE, true));
    RolloutFeature.check(new FeatureState(RolloutFeature.HEALTH_OPT_IN, false));
    FeatureState cohort = new FeatureState(RolloutFeature.HEALTH_STREAM, true);
    cohort.setStrategyId(DeviceCohortStrategy.ID);
    cohort.setParameter("percentage", "10");
    RolloutFeature.check(cohort);
    cohort.setParameter("percentage", "much");
    assertThatThrownBy(() -> RolloutFeature.check(cohort))
        .isInstanceOf(IllegalArgumentException.class);
    FeatureState dualWrite = new FeatureState(RolloutFeature.EVENT_DUAL_WRITE, true);
    dualWrite.setStrategyId(DeviceCohortStrategy.ID);
    assertThatThrownBy(() -> RolloutFeature.check(dualWrite))
        .hasMessageContaining("EVENT_DUAL_WRITE");
  }

  @Test
  void foreignStrategyIsOneThatIsNotOurs() {
    FeatureState state = new FeatureState(RolloutFeature.HEALTH_STREAM, true);
    assertThat(RolloutFeature.foreignStrategy(state)).isEmpty();
    state.setStrategyId(" ");
    assertThat(RolloutFeature.foreignStrategy(state)).isEmpty();
    state.setStrategyId(DeviceCohortStrategy.ID);
    assertThat(RolloutFeature.foreignStrategy(state)).isEmpty();
    state.setStrategyId("gradual");
    assertThat(RolloutFeature.foreignStrategy(state)).contains("gradual");
  }

  /** What Togglz' console lets somebody type is what the strategy can read. */
  @Test
  void consoleTakesWhatTheStrategyReads() {
    DeviceCohortStrategy strategy = new DeviceCohortStrategy();
    assertThat(strategy.getId()).isEqualTo("device-cohort");
    assertThat(strategy.getName()).isEqualTo("Device cohort");
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    Arrays.stream(strategy.getParameters()).forEach(one -> parameters.put(one.getName(), one));
    assertThat(parameters.keySet())
        .containsExactly(
            "percentage", "allowDevices", "denyDevices", "allowCustomers", "denyCustomers");
    assertThat(parameters.values())
        .extracting(Parameter::isOptional)
        .containsExactly(false, true, true, true, true);
    accepts(parameters, "percentage", "0", "100", "100.00", "12.34", "7");
    rejects(parameters, "percentage", "", "101", "100.01", "-1", "1.234", "x");
    for (String devices : List.of("allowDevices", "denyDevices")) {
      accepts(parameters, devices, "A", "A, B", " A ,B ");
      rejects(parameters, devices, "A B", ",");
    }
    for (String customers : List.of("allowCustomers", "denyCustomers")) {
      accepts(parameters, customers, "1", "1, 2");
      rejects(parameters, customers, "A", "1234567890123456789");
    }
    assertThat(
            DeviceCohortStrategy.cohort(Map.of("allowDevices", " A ,,B ", "denyCustomers", "1 ")))
        .isEqualTo(new Cohort(0, Set.of("A", "B"), Set.of(), Set.of(), Set.of(1L)));
  }

  private static void accepts(Map<String, Parameter> all, String name, String... values) {
    assertThat(Stream.of(values)).as(name).allMatch(value -> of(all, name).isValid(value));
  }

  private static void rejects(Map<String, Parameter> all, String name, String... values) {
    assertThat(Stream.of(values)).as(name).noneMatch(value -> of(all, name).isValid(value));
  }

  private static Parameter of(Map<String, Parameter> all, String name) {
    return java.util.Objects.requireNonNull(all.get(name));
  }
}
