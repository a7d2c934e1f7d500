package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.CutLink;
import io.crossfade.db.HookedCommits;
import io.crossfade.db.Kind;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.ControlTransactions;
import io.crossfade.router.flags.RolloutChange.Origin;
import java.io.IOException;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;

/** Changes of the flags whose commit is not answered. */
class LostCommitIT {

  private static final FlagTable.Note NOTE =
      new FlagTable.Note(Origin.OPERATOR, "ann", "week 1", null, false, "{}");
  private static final Map<Kind, KindFlags> TO_SHADOW = Map.of(Kind.HEALTH, KindFlags.SHADOW);

  private final CutLink link = new CutLink(TestDatabase.port());
  private final TestOutputs outputs = new TestOutputs(TestDatabase.newSchemasBehind(link));

  @AfterEach
  void stop() throws IOException {
    outputs.close();
    link.close();
  }

  @Test
  void commitWhoseAnswerWasLostIsFoundOut() {
    FlagTable table = table(Connection::commit, link::cut, link::mend);
    RolloutState after = table.change(begun(), TO_SHADOW, NOTE);
    assertThat(after.of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(after).as("as it is stored").isEqualTo(store().read());
    assertThat(store().history(Kind.HEALTH, 10)).as("and not twice").hasSize(2);
  }

  @Test
  void commitThatNeverCameIsKnownNotToHaveHappened() {
    long version = begun();
    FlagTable table = table(connection -> {}, link::cut, link::mend);
    assertThatThrownBy(() -> table.change(version, TO_SHADOW, NOTE))
        .isInstanceOf(DataAccessException.class)
        .hasMessageContaining("was not committed");
    assertThat(store().read().version()).isEqualTo(version);
  }

  @Test
  void whileNobodyCanBeAskedTheOutcomeIsNotKnown() {
    long version = begun();
    for (boolean committed : new boolean[] {true, false}) {
      FlagTable table =
          table(
              connection -> {
                if (committed) {
                  connection.commit();
                }
              },
              link::cut,
              () -> {});
      long before = store().read().version();
      assertThatThrownBy(() -> table.change(before, TO_SHADOW, NOTE))
          .isInstanceOf(ControlTransactions.UnknownOutcomeException.class);
      link.mend();
      assertThat(store().read().version()).isEqualTo(version + 1);
    }
  }

  private long begun() {
    return store().initialise(KindFlags.LEGACY).version();
  }

  private FlagStore store() {
    return new FlagTable(outputs.control(), InstantSource.system(), () -> "somebody");
  }

  /**
   * A table whose first commit is not answered.
   *
   * @param commit what becomes of it before its answer is lost
   * @param then what happens to the link with the commit
   * @param after and once it has failed
   */
  private FlagTable table(HookedCommits.Hook commit, Runnable then, Runnable after) {
    boolean[] lost = {false};
    return new FlagTable(
        new HookedCommits(
            outputs.control(),
            connection -> {
              if (!lost[0]) {
                lost[0] = true;
                commit.before(connection);
                then.run();
                try {
                  connection.createStatement().execute("SELECT 1");
                } finally {
                  after.run();
                }
              }
            }),
        InstantSource.system(),
        () -> "somebody");
  }
}
