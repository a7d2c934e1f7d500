package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.Kind;
import io.crossfade.db.TestOutputs;
import io.crossfade.router.flags.FlagTable.Note;
import io.crossfade.router.flags.RolloutChange.Origin;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import org.togglz.core.repository.FeatureState;

class FlagTableIT extends FlagStoreContract {

  private final TestOutputs outputs = new TestOutputs();
  private final FlagTable table =
      new FlagTable(
          outputs.control(),
          InstantSource.fixed(Instant.parse("2026-11-26T08:00:00Z")),
          () -> "somebody");

  @Override
  FlagStore create(InstantSource clock) {
    return new FlagTable(outputs.control(), clock, () -> "somebody");
  }

  @AfterEach
  void stop() {
    outputs.close();
  }

  /** What somebody wrote into a row by hand, and what it is called when it is put aside. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "parameters = '{\"percentage\":'                  | cannot be read",
        "parameters = 'null'                              | nulls",
        "parameters = '{\"percentage\":null}'             | nulls",
        "parameters = '{\"percentage\":{\"a\":1}}'        | cannot be read",
        "parameters = '{\"percentage\":\"many\"}'         | HEALTH_STREAM",
        "parameters = '{\"percentage\":\"200\"}'          | 200 is not between 0 and 100",
        "parameters = '{\"percentage\":\"1e999999999\"}'  | is not between 0 and 100",
        "parameters = '{\"allowCustomers\":\"x\"}'        | HEALTH_STREAM",
        "parameters = ''                                  | cannot be read",
        "strategy = 'gradual'                             | cannot use the strategy gradual",
        "strategy = 'script', parameters = '{}'           | cannot use the strategy script",
        "feature = 'HEALTH_STREAM_2'                      | no such row",
      })
  void kindWithARowThatCannotBeUsedStaysAsItWasRecorded(String damage, String why) {
    begin();
    byHand("UPDATE rollout_flag SET " + damage + " WHERE feature = 'HEALTH_STREAM'");
    RolloutState state = table.read();
    assertThat(state.of(Kind.HEALTH)).isEqualTo(CANARY);
    assertThat(state.of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW);
    assertThat(state.unresolved()).isEmpty();
    Aside row =
        state.aside().stream().filter(a -> a.kind() == Kind.HEALTH).findFirst().orElseThrow();
    assertThat(row.toString()).contains("HEALTH_STREAM").contains(why);
    assertThat(Objects.requireNonNull(table.getFeatureState(RolloutFeature.HEALTH_STREAM)))
        .as("Togglz shows what counts")
        .matches(FeatureState::isEnabled)
        .extracting(shown -> shown.getParameter(DeviceCohortStrategy.PERCENTAGE))
        .isEqualTo("10.00");

    RolloutState mended = table.change(2, Map.of(Kind.HEALTH, MORE), by(Origin.OPERATOR));
    assertThat(mended.of(Kind.HEALTH)).isEqualTo(MORE);
    assertThat(mended.aside()).noneMatch(a -> a.kind() == Kind.HEALTH);
    assertThat(table.history(Kind.HEALTH, 1).getFirst().before()).isEqualTo(CANARY);
  }

  @Test
  void strategyThatIsNotOursIsNamed() {
    begin();
    byHand("UPDATE rollout_flag SET strategy = 'gradual' WHERE feature = 'HEALTH_STREAM'");
    assertThat(table.read().aside())
        .singleElement()
        .extracting(Aside::feature, Aside::kind, Aside::strategy)
        .containsExactly("HEALTH_STREAM", Kind.HEALTH, "gradual");
    FeatureState foreign = new FeatureState(RolloutFeature.EVENT_STREAM, true);
    foreign.setStrategyId("gradual");
    assertThatThrownBy(() -> table.setFeatureState(foreign))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void featureThatThisReleaseDoesNotKnowTouchesNoKind() {
    begin();
    byHand("INSERT INTO rollout_flag VALUES ('SLEEP_STREAM', 1, 'device-cohort', '{}')");
    RolloutState state = table.read();
    assertThat(state.of(Kind.HEALTH)).isEqualTo(CANARY);
    assertThat(state.aside())
        .singleElement()
        .extracting(Aside::feature, Aside::kind)
        .containsExactly("SLEEP_STREAM", null);
    table.change(2, Map.of(Kind.HEALTH, MORE), by(Origin.OPERATOR));
    assertThat(table.read().of(Kind.HEALTH)).isEqualTo(MORE);
  }

  @Test
  void recordThatCannotBeUsedEitherLeavesItToWhatTheRouterKnew() {
    begin();
    RolloutState before = table.read();
    byHand("DELETE FROM rollout_flag WHERE feature = 'HEALTH_DUAL_WRITE'");
    byHand("UPDATE rollout_change SET flags_after = '{' WHERE kind = 'HEALTH' AND version = 2");
    RolloutState state = table.read();
    assertThat(state.unresolved()).isEqualTo(Set.of(Kind.HEALTH));
    assertThat(state.completedBy(before).of(Kind.HEALTH)).isEqualTo(CANARY);
    assertThat(table.history(null, 10)).as("the others can be read").hasSize(3);
  }

  /**
   * A release without an opt-in has two rows per kind, and history that says nothing of a third.
   */
  @Test
  void optInIsOnWhereOnlyAReleaseWithoutItHasSetFlags() {
    begin();
    asAReleaseWithoutOptInLeavesThem();
    RolloutState state = table.read();
    assertThat(state.aside()).isEmpty();
    assertThat(state.of(Kind.HEALTH)).isEqualTo(CANARY);
    assertThat(table.history(Kind.HEALTH, 2))
        .allMatch(change -> change.before().optIn() && change.after().optIn());
    assertThat(Objects.requireNonNull(table.getFeatureState(RolloutFeature.HEALTH_OPT_IN)))
        .as("Togglz shows what counts")
        .matches(FeatureState::isEnabled);
    table.change(2, Map.of(Kind.HEALTH, CANARY.withOptIn(false)), by(Origin.OPERATOR));
    assertThat(table.read().of(Kind.HEALTH).optIn()).isFalse();
    assertThat(table.read().of(Kind.EVENT).optIn()).isTrue();
    assertThat(table.read().aside()).isEmpty();
  }

  /** An older router beside this one switches two flags, and knows nothing of the third. */
  @Test
  void olderRouterBesideThisOneDoesNotLoseTheOptIn() {
    begin();
    table.change(2, Map.of(Kind.HEALTH, CANARY.withOptIn(false)), by(Origin.ROLLBACK));
    byHand(
        """
        INSERT INTO rollout_change (changed_at, version, kind, origin, actor, reason, ticket,
            forced, flags_before, flags_after, evidence, decision, decided_at)
          SELECT changed_at, 4, kind, 'OPERATOR', actor, reason, ticket, forced, flags_after,
              REPLACE(flags_after, '1000', '5000'), evidence, 'older', decided_at
            FROM rollout_change WHERE kind = 'HEALTH' AND version = 3\
        """);
    byHand(
        "UPDATE rollout_flag SET parameters = '{\"percentage\":\"50.00\"}'"
            + " WHERE feature = 'HEALTH_STREAM'");
    byHand("UPDATE rollout_version SET version = 4");
    assertThat(table.read().of(Kind.HEALTH)).isEqualTo(MORE.withOptIn(false));
    RolloutChange older = table.history(Kind.HEALTH, 1).getFirst();
    assertThat(older.before()).isEqualTo(CANARY.withOptIn(false));
    assertThat(older.after()).isEqualTo(MORE.withOptIn(false));
    byHand("DELETE FROM rollout_flag WHERE feature = 'HEALTH_OPT_IN'");
    assertThat(table.read().of(Kind.HEALTH))
        .as("a row that is lost does not switch it on")
        .isEqualTo(MORE.withOptIn(false));
    assertThat(table.read().aside())
        .singleElement()
        .extracting(Aside::feature, Aside::kind)
        .containsExactly("HEALTH_OPT_IN", Kind.HEALTH);
  }

  @Test
  void togglzSwitchesTheOptInByItself() {
    begin();
    table.setFeatureState(new FeatureState(RolloutFeature.HEALTH_OPT_IN, false));
    assertThat(table.read().of(Kind.HEALTH)).isEqualTo(CANARY.withOptIn(false));
    RolloutChange newest = table.history(Kind.HEALTH, 1).getFirst();
    assertThat(newest.origin()).isEqualTo(Origin.TOGGLZ);
    assertThat(newest.ofOptInOnly()).isTrue();
    FeatureState stream = new FeatureState(RolloutFeature.HEALTH_STREAM, true);
    stream.setStrategyId(DeviceCohortStrategy.ID).setParameter("percentage", "50");
    table.setFeatureState(stream);
    assertThat(table.read().of(Kind.HEALTH)).isEqualTo(MORE.withOptIn(false));
    assertThat(Objects.requireNonNull(table.getFeatureState(RolloutFeature.HEALTH_OPT_IN)))
        .matches(state -> !state.isEnabled());
  }

  private void asAReleaseWithoutOptInLeavesThem() {
    for (Kind kind : Kind.values()) {
      byHand("DELETE FROM rollout_flag WHERE feature = '" + kind.name() + "_OPT_IN'");
    }
    new TransactionTemplate(new JdbcTransactionManager(outputs.control()))
        .executeWithoutResult(
            status ->
                JdbcClient.create(outputs.control())
                    .sql("UPDATE rollout_change SET opt_in_before = NULL, opt_in_after = NULL")
                    .update());
  }

  private void begin() {
    table.initialise(KindFlags.SHADOW);
    table.change(1, Map.of(Kind.HEALTH, CANARY), by(Origin.OPERATOR));
    assertThat(table.read().aside()).isEqualTo(List.of());
  }

  private void byHand(String sql) {
    new TransactionTemplate(new JdbcTransactionManager(outputs.control()))
        .executeWithoutResult(
            status -> assertThat(JdbcClient.create(outputs.control()).sql(sql).update()).isOne());
  }

  private static Note by(Origin origin) {
    return new Note(origin, "somebody", "a reason", null, false, "{}");
  }
}
