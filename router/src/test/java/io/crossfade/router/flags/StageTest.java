package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.SampleRecords;
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

  @Test
  void flagsSayTheirStage() {
    assertThat(KindFlags.LEGACY).hasToString("legacy");
    assertThat(KindFlags.LEGACY.withOptIn(false)).hasToString("legacy, opt-in off");
    assertThat(KindFlags.SHADOW).hasToString("shadow");
    assertThat(new KindFlags(Cohort.of(1_000), true)).hasToString("canary 10.00 %");
    assertThat(new KindFlags(Cohort.EVERYBODY, true)).hasToString("live");
    assertThat(new KindFlags(Cohort.EVERYBODY, false)).hasToString("complete");
    assertThat(new KindFlags(Cohort.of(1_000), false))
        .hasToString("no stage (10.00 %, no dual write)");
    assertThat(Stage.COMPLETE.isPast(Stage.LIVE)).isTrue();
    assertThat(Stage.LIVE.isPast(Stage.LIVE)).isFalse();
  }

  /** Whoever asks for the stream gets it, and its copy as the flag says. */
  @Test
  void flagsAssignARecord() {
    AcceptedRecord accepted = SampleRecords.event("DEV1", 1, false);
    Cohort one = new Cohort(0, Set.of("DEV1"), Set.of(), Set.of(), Set.of());
    assertThat(KindFlags.LEGACY.assignment(accepted, false)).isEqualTo(Assignment.LEGACY_ONLY);
    assertThat(KindFlags.LEGACY.assignment(accepted, true)).isEqualTo(Assignment.STREAM_ONLY);
    assertThat(KindFlags.LEGACY.withOptIn(false).assignment(accepted, true))
        .as("what it asked for does not count")
        .isEqualTo(Assignment.LEGACY_ONLY);
    assertThat(KindFlags.SHADOW.withOptIn(false).assignment(accepted, true))
        .isEqualTo(Assignment.LEGACY_MIRRORED);
    assertThat(new KindFlags(one, true, false).assignment(accepted, true))
        .as("a device of the cohort")
        .isEqualTo(Assignment.STREAM_MIRRORED);
    assertThat(KindFlags.SHADOW.assignment(accepted, false)).isEqualTo(Assignment.LEGACY_MIRRORED);
    assertThat(KindFlags.SHADOW.assignment(accepted, true)).isEqualTo(Assignment.STREAM_MIRRORED);
    assertThat(new KindFlags(one, true).assignment(accepted, false))
        .isEqualTo(Assignment.STREAM_MIRRORED);
    assertThat(new KindFlags(one, true).assignment(SampleRecords.event("DEV2", 1, false), false))
        .isEqualTo(Assignment.LEGACY_MIRRORED);
  }

  private static Stage stage(Cohort cohort, boolean dualWrite) {
    return new KindFlags(cohort, dualWrite).stage();
  }
}
