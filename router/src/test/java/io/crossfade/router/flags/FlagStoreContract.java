package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.FlagTable.Note;
import io.crossfade.router.flags.RolloutChange.Origin;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link FlagStore} does, the real one and the simulated one. */
abstract class FlagStoreContract {

  static final KindFlags CANARY = new KindFlags(Cohort.of(1_000), true);
  static final KindFlags MORE = new KindFlags(Cohort.of(5_000), true);

  private static final Instant BEGIN = Instant.parse("2026-11-26T08:00:00Z");

  private volatile Instant now = BEGIN;
  private FlagStore store;

  /** A store that never had flags. */
  abstract FlagStore create(InstantSource clock);

  @BeforeEach
  void start() {
    store = create(() -> now);
  }

  @Test
  void firstFlagsAreGivenOnce() {
    assertThat(store.read().version()).isZero();
    assertThat(store.read().system()).isNotEmpty();
    RolloutState first = store.initialise(KindFlags.SHADOW);
    assertThat(first.version()).isEqualTo(1);
    assertThat(store.initialise(KindFlags.LEGACY)).isEqualTo(first);
    assertThat(store.read()).isEqualTo(first);
    assertThat(store.history(null, 10)).hasSize(3).allMatch(c -> c.origin() == Origin.INITIAL);
  }

  @Test
  void changeIsMadeOnTheVersionItWasDecidedOnOrNotAtAll() {
    store.initialise(KindFlags.SHADOW);
    RolloutState after = store.change(1, Map.of(Kind.HEALTH, CANARY), by(Origin.OPERATOR));
    assertThat(after.version()).isEqualTo(2);
    assertThat(after.of(Kind.HEALTH)).isEqualTo(CANARY);
    assertThat(after.of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW);
    assertThatThrownBy(() -> store.change(1, Map.of(Kind.EVENT, CANARY), by(Origin.OPERATOR)))
        .isInstanceOf(FlagTable.StaleVersionException.class);
    assertThat(store.read()).isEqualTo(after);
    RolloutChange newest = store.history(Kind.HEALTH, 10).getFirst();
    assertThat(newest.before()).isEqualTo(KindFlags.SHADOW);
    assertThat(newest.after()).isEqualTo(CANARY);
    assertThat(newest.changedAt()).isEqualTo(BEGIN);
    assertThat(newest.decidedAt()).as("it never waited").isNull();
  }

  @Test
  void pendingChangeIsRecordedOnceWhateverCameBetween() {
    store.initialise(CANARY);
    PendingChange rollback = rollback("r1", KindFlags.SHADOW);
    now = BEGIN.plusSeconds(60);
    FlagStore.Stored stored = store.store(rollback);
    assertThat(stored.version()).isEqualTo(2);
    assertThat(stored.superseded()).isEmpty();
    assertThat(stored.now().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    RolloutChange newest = store.history(Kind.HEALTH, 1).getFirst();
    assertThat(newest.decidedAt()).isEqualTo(BEGIN);
    assertThat(newest.changedAt()).isEqualTo(now);
    assertThat(newest.decision()).isEqualTo("r1");

    RolloutState later = store.change(2, Map.of(Kind.HEALTH, MORE), by(Origin.OPERATOR));
    FlagStore.Stored again = store.store(rollback);
    assertThat(again.version()).as("its own, not the newest").isEqualTo(2);
    assertThat(again.now()).isEqualTo(later);
    assertThat(again.superseded()).isEmpty();
    assertThat(store.read()).isEqualTo(later);
    assertThat(store.history(Kind.HEALTH, 10)).hasSize(3);
  }

  @Test
  void whatAPersonChangedClearlyAfterwardsStays() {
    PendingChange rollback = rollback("r1", KindFlags.SHADOW);
    FlagStore.Stored stored = storedLate(rollback, CANARY, MORE);
    assertThat(stored.superseded()).containsExactly(Kind.HEALTH);
    assertThat(stored.now().of(Kind.HEALTH)).isEqualTo(MORE);
    assertThat(stored.now().of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW);
    RolloutChange newest = store.history(Kind.HEALTH, 1).getFirst();
    assertThat(newest.before()).isEqualTo(MORE);
    assertThat(newest.after()).as("on record all the same").isEqualTo(MORE);
    assertThat(store.store(rollback).superseded()).containsExactly(Kind.HEALTH);
  }

  /** Stores a change after a person has changed one kind, clearly later than it was decided. */
  private FlagStore.Stored storedLate(PendingChange waiting, KindFlags first, KindFlags changed) {
    store.initialise(first);
    now = BEGIN.plus(FlagTable.TOGETHER).plusSeconds(1);
    store.change(1, Map.of(Kind.HEALTH, changed), by(Origin.OPERATOR));
    now = BEGIN.plusSeconds(60);
    return store.store(waiting);
  }

  @Test
  void changeOfPercentageAfterARollbackDoesNotSwitchTheOptInOnAgain() {
    PendingChange rollback = rollback("r1", KindFlags.SHADOW.withOptIn(false));
    FlagStore.Stored stored = storedLate(rollback, CANARY, MORE);
    assertThat(stored.superseded()).containsExactly(Kind.HEALTH);
    assertThat(stored.now().of(Kind.HEALTH)).isEqualTo(MORE.withOptIn(false));
    assertThat(stored.now().of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW.withOptIn(false));
  }

  @Test
  void changeOfTheOptInAfterARollbackDoesNotBringThePercentageBack() {
    PendingChange rollback = rollback("r1", KindFlags.SHADOW.withOptIn(false));
    FlagStore.Stored stored = storedLate(rollback, CANARY.withOptIn(false), CANARY);
    assertThat(stored.superseded()).containsExactly(Kind.HEALTH);
    assertThat(stored.now().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(stored.now().of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW.withOptIn(false));
  }

  @Test
  void optInThatSomebodySwitchedOffMeanwhileStaysOff() {
    PendingChange older = rollback("r1", MORE);
    FlagStore.Stored stored = storedLate(older, CANARY, CANARY.withOptIn(false));
    assertThat(stored.now().of(Kind.HEALTH)).isEqualTo(MORE.withOptIn(false));
    assertThat(stored.now().of(Kind.EVENT)).isEqualTo(MORE);
    assertThat(store.history(Kind.HEALTH, 1).getFirst().after().optIn()).isFalse();
  }

  @Test
  void whatHappenedByItselfOrAtTheSameTimeDoesNotCountAgainstARollback() {
    store.initialise(CANARY);
    PendingChange rollback = rollback("r1", KindFlags.SHADOW);
    now = BEGIN.plus(FlagTable.TOGETHER);
    store.change(1, Map.of(Kind.HEALTH, MORE), by(Origin.OPERATOR));
    now = BEGIN.plusSeconds(60);
    store.change(2, Map.of(Kind.EVENT, MORE), by(Origin.AUTOPILOT));
    FlagStore.Stored stored = store.store(rollback);
    assertThat(stored.superseded()).isEmpty();
    assertThat(stored.now().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(stored.now().of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW);
  }

  @Test
  void anEarlierRollbackThatIsStoredLateDoesNotUndoALaterOne() {
    store.initialise(CANARY);
    PendingChange earlier = rollback("r1", KindFlags.SHADOW);
    now = BEGIN.plusSeconds(30);
    PendingChange later = rollback("r2", KindFlags.LEGACY);
    now = BEGIN.plusSeconds(60);
    store.store(later);
    FlagStore.Stored stored = store.store(earlier);
    assertThat(stored.now().of(Kind.HEALTH)).isEqualTo(KindFlags.LEGACY);
    assertThat(stored.superseded()).containsExactlyInAnyOrder(Kind.HEALTH, Kind.EVENT);
  }

  @Test
  void manyWhoStoreTheSameAtOnceRecordItOnce() throws Exception {
    store.initialise(CANARY);
    PendingChange rollback = rollback("r1", KindFlags.SHADOW);
    try (ExecutorService many = Executors.newFixedThreadPool(4)) {
      var tries = new ArrayList<Callable<FlagStore.Stored>>();
      for (int i = 0; i < 4; i++) {
        tries.add(() -> serially(() -> store.store(rollback)));
      }
      for (Future<FlagStore.Stored> tried : many.invokeAll(tries)) {
        assertThat(tried.get().version()).isEqualTo(2);
      }
    }
    assertThat(store.read().version()).isEqualTo(2);
    assertThat(store.history(null, 10)).hasSize(5);
  }

  /** How calls of several threads reach the store; one that is for one thread takes turns. */
  <T> T serially(Callable<T> call) throws Exception {
    return call.call();
  }

  private PendingChange rollback(String id, KindFlags to) {
    return new PendingChange(id, now, Map.of(Kind.HEALTH, to, Kind.EVENT, to), by(Origin.ROLLBACK));
  }

  private static Note by(Origin origin) {
    return new Note(origin, "somebody", "a reason", null, false, "{}");
  }
}
