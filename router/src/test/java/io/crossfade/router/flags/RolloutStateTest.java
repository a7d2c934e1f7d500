package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Kind;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a rollback makes of the flags, and what is known of kinds that cannot be read. */
class RolloutStateTest {

  private static final KindFlags ONE_DEVICE =
      new KindFlags(new Cohort(0, Set.of("DEV1"), Set.of(), Set.of(), Set.of()), true);

  @Test
  void kindsThatTheStreamServesGoToShadowAndOthersStay() {
    RolloutState state = state(ONE_DEVICE, KindFlags.SHADOW, KindFlags.LEGACY);
    assertThat(state.rolledBack(Set.of(Kind.values())))
        .containsExactly(
            Map.entry(Kind.values()[0], off(KindFlags.SHADOW)),
            Map.entry(Kind.values()[1], off(KindFlags.SHADOW)),
            Map.entry(Kind.values()[2], off(KindFlags.LEGACY)));
    assertThat(
            state(ONE_DEVICE, off(KindFlags.SHADOW), off(KindFlags.LEGACY))
                .rolledBack(Set.of(Kind.values())))
        .as("kinds that stay as they are have no entry")
        .containsExactly(Map.entry(Kind.values()[0], off(KindFlags.SHADOW)));
    assertThat(state.rolledBack(Set.of(Kind.values()[1], Kind.values()[2])))
        .as("nothing is served: the copies end, too")
        .containsOnly(
            Map.entry(Kind.values()[1], off(KindFlags.LEGACY)),
            Map.entry(Kind.values()[2], off(KindFlags.LEGACY)));
  }

  @Test
  void rollbackThatSaysHowFarIsThereTheSecondTime() {
    Set<Kind> all = Set.of(Kind.values());
    RolloutState state = state(ONE_DEVICE, KindFlags.SHADOW, KindFlags.LEGACY);
    Map<Kind, KindFlags> toShadow = state.rolledBack(all, Stage.SHADOW);
    assertThat(toShadow)
        .containsExactly(
            Map.entry(Kind.values()[0], off(KindFlags.SHADOW)),
            Map.entry(Kind.values()[1], off(KindFlags.SHADOW)),
            Map.entry(Kind.values()[2], off(KindFlags.LEGACY)));
    assertThat(state.with(toShadow).rolledBack(all, Stage.SHADOW)).isEmpty();
    Map<Kind, KindFlags> toLegacy = state.rolledBack(all, Stage.LEGACY);
    assertThat(toLegacy)
        .containsOnly(
            Map.entry(Kind.values()[0], off(KindFlags.LEGACY)),
            Map.entry(Kind.values()[1], off(KindFlags.LEGACY)),
            Map.entry(Kind.values()[2], off(KindFlags.LEGACY)));
    assertThat(state.with(toLegacy).rolledBack(all, Stage.LEGACY)).isEmpty();
    assertThat(state.with(toLegacy).rolledBack(all, Stage.SHADOW)).isEmpty();
    assertThat(RolloutState.UNKNOWN.rolledBack(all, Stage.SHADOW))
        .as("what is not known may be served")
        .hasSize(all.size());
  }

  /** Whatever was served and however far it goes: no client has the stream by its own choice. */
  @Test
  void everyRollbackLeavesNoOptInOn() {
    List<KindFlags> stages =
        List.of(
            KindFlags.LEGACY,
            KindFlags.SHADOW,
            ONE_DEVICE,
            new KindFlags(Cohort.EVERYBODY, true),
            new KindFlags(Cohort.EVERYBODY, false),
            new KindFlags(Cohort.of(10), false));
    Set<Kind> all = Set.of(Kind.values());
    for (KindFlags one : stages) {
      for (KindFlags two : stages) {
        for (KindFlags three : stages) {
          RolloutState state = state(one, off(two), three);
          for (Map<Kind, KindFlags> after :
              List.of(
                  state.rolledBack(all),
                  state.rolledBack(all, Stage.SHADOW),
                  state.rolledBack(all, Stage.LEGACY))) {
            RolloutState then = state.with(after);
            assertThat(then.kinds().values())
                .as("%s becomes %s", state, then)
                .noneMatch(KindFlags::optIn)
                .allMatch(flags -> flags.cohort().nobody());
          }
        }
      }
    }
    assertThat(RolloutState.UNKNOWN.kinds().values()).noneMatch(KindFlags::optIn);
  }

  private static KindFlags off(KindFlags flags) {
    return flags.withOptIn(false);
  }

  private static RolloutState state(KindFlags... flags) {
    Map<Kind, KindFlags> kinds = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      kinds.put(kind, flags[kind.code()]);
    }
    return new RolloutState("one", 3, kinds);
  }

  @Test
  void stateIsCompletedByWhatWasKnownOfKindsThatCannotBeRead() {
    RolloutState before = state(ONE_DEVICE, KindFlags.SHADOW, KindFlags.LEGACY);
    RolloutState now =
        new RolloutState(
            "one",
            4,
            Map.of(Kind.values()[2], KindFlags.SHADOW),
            List.of(new Aside("X", Kind.values()[0], "damaged", null)),
            Set.of(Kind.values()[0]));
    RolloutState completed = now.completedBy(before);
    assertThat(completed.of(Kind.values()[0])).isEqualTo(ONE_DEVICE);
    assertThat(completed.changeable(Kind.values()[0]))
        .as("another router may have switched its opt-in off")
        .isEqualTo(off(ONE_DEVICE));
    assertThat(completed.changeable(Kind.values()[2])).isEqualTo(KindFlags.SHADOW);
    assertThat(completed.of(Kind.values()[1]))
        .as("nothing is known of it")
        .isEqualTo(off(KindFlags.LEGACY));
    assertThat(completed.of(Kind.values()[2])).isEqualTo(KindFlags.SHADOW);
    assertThat(completed.version()).isEqualTo(4);
    assertThat(completed.aside()).extracting(Aside::toString).containsExactly("X: damaged");
    assertThat(completed.known()).isTrue();
    assertThat(RolloutState.UNKNOWN.known()).isFalse();
    assertThat(new RolloutState("one", 0, Map.of()).known()).isTrue();
  }
}
