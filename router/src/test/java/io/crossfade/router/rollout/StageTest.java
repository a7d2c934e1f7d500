package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class StageTest {

  @Test
  void stagesAreNamedFromTheFlags() {
    assertThat(stage(Cohort.NOBODY, false)).isEqualTo(Stage.LEGACY);
    assertThat(stage(Cohort.NOBODY, true)).isEqualTo(Stage.SHADOW);
    assertThat(stage(Cohort.of(1), true)).isEqualTo(Stage.CANARY);
    assertThat(stage(Cohort.of(9_999), true)).isEqualTo(Stage.CANARY);
    assertThat(stage(Cohort.EVERYBODY, true)).isEqualTo(Stage.LIVE);
    assertThat(stage(Cohort.EVERYBODY, false)).isEqualTo(Stage.COMPLETE);
    assertThat(stage(Cohort.of(5_000), false)).isEqualTo(Stage.NONE);
  }

  @Test
  void oneListedDeviceIsACanary() {
    Cohort one = new Cohort(0, Set.of("A"), Set.of(), Set.of(), Set.of());
    assertThat(stage(one, true)).isEqualTo(Stage.CANARY);
    Cohort allButOne = new Cohort(Cohort.ALL, Set.of(), Set.of("A"), Set.of(), Set.of());
    assertThat(stage(allButOne, true)).isEqualTo(Stage.CANARY);
    assertThat(stage(allButOne, false)).isEqualTo(Stage.NONE);
  }

  @Test
  void combinationThatIsNoStageSaysWhyItIsDangerous() {
    assertThat(new KindFlags(Cohort.of(5_000), false).danger())
        .contains("50.00 %")
        .contains("each output lacks what the other has");
    assertThat(new KindFlags(Cohort.of(5_000), true).danger()).isNull();
  }

  private static Stage stage(Cohort cohort, boolean dualWrite) {
    return new KindFlags(cohort, dualWrite).stage();
  }
}
