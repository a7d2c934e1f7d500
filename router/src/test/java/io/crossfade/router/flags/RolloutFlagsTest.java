package io.crossfade.router.flags;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.process.Loops;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.flags.FlagTable.Note;
import io.crossfade.router.flags.RolloutChange.Origin;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessResourceFailureException;

/** What counts on a router while its database is away, slow, or silent after a commit. */
class RolloutFlagsTest {

  private static final KindFlags CANARY = FlagStoreContract.CANARY;
  private static final KindFlags MORE = FlagStoreContract.MORE;

  private final SimulatedFlagStore.Database database = new SimulatedFlagStore.Database();
  private final ScriptedLink link = new ScriptedLink();
  private final SimulatedFlagMemory memory = new SimulatedFlagMemory();
  private Instant now = Instant.parse("2026-11-26T08:00:00Z");

  /** Goes through, unless something else is next. */
  private static final class ScriptedLink implements SimulatedFlagStore.Link {

    /** What the next calls do after their transaction; {@code true}: and lose its answer. */
    private final Queue<Supplier<Boolean>> after = new ArrayDeque<>();

    private boolean cut;

    /** A replica, or a disk that is full. */
    private boolean readOnly;

    @Override
    public <T> T call(boolean writes, Supplier<T> transaction) {
      if (cut || (readOnly && writes)) {
        throw new DataAccessResourceFailureException("cut");
      }
      T answer = transaction.get();
      Supplier<Boolean> next = after.poll();
      if (next != null && next.get()) {
        throw new DataAccessResourceFailureException("answer lost");
      }
      return answer;
    }
  }

  private final SimulatedFlagStore others = new SimulatedFlagStore(database, () -> now);

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  private RolloutFlags router() {
    return router(Runnable::run);
  }

  private RolloutFlags router(Executor disk) {
    return new RolloutFlags(
        new SimulatedFlagStore(database, () -> now, link),
        memory,
        disk,
        CANARY,
        () -> now,
        meters,
        new Loops());
  }

  @Test
  void secondRollbackKeepsTheFirst() {
    RolloutFlags flags = router();
    link.cut = true;
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    flags.override(rollback("r2", Kind.EVENT, KindFlags.SHADOW));
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(flags.state().of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW);
    assertThat(flags.state().of(Kind.DEVICE)).isEqualTo(CANARY);
    flags.refresh();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    link.cut = false;
    flags.refresh();
    assertThat(flags.overridden()).isFalse();
    assertThat(database.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(database.state().of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW);
    assertThat(database.state().of(Kind.DEVICE)).isEqualTo(CANARY);
  }

  @Test
  void ofTwoForOneKindTheLaterCountsAndBothAreOnRecord() {
    RolloutFlags flags = router();
    link.cut = true;
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    flags.override(rollback("r2", Kind.HEALTH, KindFlags.LEGACY));
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.LEGACY);
    link.cut = false;
    flags.refresh();
    assertThat(database.state().of(Kind.HEALTH)).isEqualTo(KindFlags.LEGACY);
    assertThat(database.changes()).extracting(RolloutChange::decision).endsWith("r1", "r2");
  }

  @Test
  void changeThatWasStoredWithoutAnAnswerIsNotStoredAgain() {
    RolloutFlags flags = router();
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    link.after.add(() -> false);
    link.after.add(() -> false);
    link.after.add(() -> true);
    flags.refresh();
    assertThat(flags.overridden()).as("nobody said that it is stored").isTrue();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    now = now.plusSeconds(1);
    others.change(database.state().version(), Map.of(Kind.HEALTH, MORE), by(Origin.OPERATOR));
    flags.refresh();
    assertThat(flags.overridden()).isFalse();
    assertThat(flags.state().of(Kind.HEALTH)).as("the recorded change counts").isEqualTo(MORE);
    assertThat(database.changes()).filteredOn(c -> "r1".equals(c.decision())).hasSize(1);
    assertThat(flags.settled("r1").orElseThrow().version()).isEqualTo(2);
  }

  @Test
  void rollbackDuringAReadCounts() {
    RolloutFlags flags = router();
    link.after.add(
        () -> {
          flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
          return false;
        });
    link.after.add(
        () -> {
          flags.override(rollback("r2", Kind.EVENT, KindFlags.SHADOW));
          return false;
        });
    flags.refresh();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(flags.state().of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW);
  }

  @Test
  void readThatBeganBeforeAChangeDoesNotUndoIt() {
    RolloutFlags flags = router();
    link.after.add(
        () -> {
          flags.stored(
              others.change(1, Map.of(Kind.HEALTH, KindFlags.SHADOW), by(Origin.OPERATOR)));
          return false;
        });
    flags.refresh();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(flags.state().version()).isEqualTo(2);
    assertThat(database.changes()).as("nor stores what it thinks was lost").hasSize(4);
  }

  @Test
  void databaseThatCanBeReadAndNotWrittenIsRead() {
    RolloutFlags flags = router();
    link.cut = true;
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    flags.refresh();
    assertThat(flags.readable()).isFalse();
    link.cut = false;
    others.change(1, Map.of(Kind.EVENT, MORE), by(Origin.OPERATOR));
    link.after.add(() -> false);
    link.after.add(() -> false);
    link.after.add(() -> true);
    flags.refresh();
    assertThat(flags.readable()).isTrue();
    assertThat(flags.state().of(Kind.EVENT)).isEqualTo(MORE);
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
  }

  @Test
  void databaseThatWentBackIsToldWhatWasSwitched() {
    RolloutFlags flags = router();
    RolloutState before = database.state();
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    flags.refresh();
    assertThat(flags.overridden()).isFalse();
    database.goBack(before);
    flags.refresh();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(database.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(database.changes().getLast().reason()).contains("went back from version 2");
  }

  /** What was lost counts again, and what was decided later counts over it. */
  @Test
  void laterRollbackThatWaitsCountsOverWhatTheDatabaseForgot() {
    RolloutFlags flags = router();
    RolloutState before = database.state();
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    flags.override(rollback("r2", Kind.DEVICE, KindFlags.SHADOW));
    flags.refresh();
    database.goBack(before);
    link.readOnly = true;
    flags.override(rollback("r3", Kind.HEALTH, KindFlags.LEGACY));
    flags.override(rollback("r4", Kind.EVENT, KindFlags.SHADOW));
    flags.refresh();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.LEGACY);
    assertThat(flags.state().of(Kind.DEVICE)).isEqualTo(KindFlags.SHADOW);
    assertThat(flags.state().of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW);
    assertThat(flags.waiting()).hasSize(3);
    link.readOnly = false;
    flags.refresh();
    assertThat(flags.overridden()).isFalse();
    assertThat(database.state().of(Kind.HEALTH)).isEqualTo(KindFlags.LEGACY);
    assertThat(database.state().of(Kind.DEVICE)).isEqualTo(KindFlags.SHADOW);
    assertThat(database.state().of(Kind.EVENT)).isEqualTo(KindFlags.SHADOW);
  }

  /** The change is on record, nobody said so, and now nothing can be stored. */
  @Test
  void changeThatIsOnRecordWaitsNoLongerThoughNothingCanBeStored() {
    RolloutFlags flags = router();
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    link.after.add(() -> false);
    link.after.add(() -> false);
    link.after.add(() -> true);
    flags.refresh();
    assertThat(flags.overridden()).isTrue();
    now = now.plusSeconds(1);
    others.change(database.state().version(), Map.of(Kind.HEALTH, MORE), by(Origin.OPERATOR));
    link.readOnly = true;
    flags.refresh();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(MORE);
    assertThat(flags.overridden()).isFalse();
  }

  @Test
  void whoReadsNowHasWhatWaitedStoredAndKept() {
    RolloutFlags flags = router();
    link.cut = true;
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    link.cut = false;
    assertThat(flags.readNow().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(database.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(flags.overridden()).isFalse();
    assertThat(memory.load().orElseThrow().pending()).isEmpty();
    assertThat(memory.load().orElseThrow().stored()).isEqualTo(database.state());
  }

  @Test
  void whoReadsNowFindsAnEmptyDatabaseAndGivesItItsFirstFlags() {
    RolloutFlags flags = router();
    database.replace("two");
    assertThat(flags.readNow().version()).isEqualTo(1);
    for (Kind kind : Kind.values()) {
      assertThat(flags.state().of(kind)).isEqualTo(CANARY);
    }
  }

  @Test
  void runningRouterReadsAgainAndAgain() {
    RolloutFlags flags = router();
    flags.start();
    try {
      others.change(1, Map.of(Kind.EVENT, MORE), by(Origin.OPERATOR));
      Awaitility.await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> flags.state().of(Kind.EVENT).equals(MORE));
    } finally {
      flags.close();
    }
  }

  @Test
  void nothingIsKnownAsOfAMomentUntilTheFlagsWereRead() {
    link.cut = true;
    RolloutFlags flags = router();
    assertThat(flags.asOf()).isEmpty();
    link.cut = false;
    flags.refresh();
    assertThat(flags.asOf()).hasValue(now);
    assertThat(flags.age()).isLessThan(Duration.ofHours(1));
  }

  @Test
  void whoeverIsInterruptedWhileTheDiskHangsStaysInterrupted() {
    RolloutFlags flags = router(write -> {});
    Thread.currentThread().interrupt();
    boolean onDisk = flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(onDisk).isFalse();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
  }

  @Test
  void anotherSystemAtTheSameAddressIsNotToldOfTheFormer() {
    RolloutFlags flags = router();
    link.cut = true;
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.LEGACY));
    database.replace("two");
    link.cut = false;
    flags.refresh();
    assertThat(flags.overridden()).isFalse();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(CANARY);
    assertThat(database.changes()).hasSize(3);
  }

  @Test
  void routerThatIsStartedAgainWithoutItsDatabaseGoesOn() {
    RolloutFlags flags = router();
    link.cut = true;
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    now = now.plusSeconds(600);
    meters.clear();
    RolloutFlags again = router();
    assertThat(gauge(RouterMeter.FLAG_AGE)).as("seconds").isGreaterThanOrEqualTo(600);
    assertThat(again.source()).isEqualTo(RolloutFlags.Source.FILE);
    assertThat(again.age()).isGreaterThanOrEqualTo(Duration.ofSeconds(600));
    assertThat(again.state()).isEqualTo(flags.state());
    assertThat(again.overridden()).isTrue();
    link.cut = false;
    again.refresh();
    assertThat(again.source()).isEqualTo(RolloutFlags.Source.DATABASE);
    assertThat(again.overridden()).isFalse();
    assertThat(database.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(database.changes().getLast().decidedAt()).isEqualTo(now.minusSeconds(600));
  }

  @Test
  void routerThatNeverKnewAnythingLetsTheOldPathServe() {
    link.cut = true;
    RolloutFlags flags = router();
    assertThat(flags.source()).isEqualTo(RolloutFlags.Source.NOTHING);
    for (Kind kind : Kind.values()) {
      assertThat(flags.state().of(kind))
          .as("for clients that ask for the stream, too")
          .isEqualTo(KindFlags.LEGACY.withOptIn(false));
    }
    assertThat(flags.state().rolledBack(Set.of(Kind.HEALTH)))
        .as("copies go on, if there were any")
        .containsExactly(Map.entry(Kind.HEALTH, KindFlags.SHADOW.withOptIn(false)));
    link.cut = false;
    flags.refresh();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(CANARY);
  }

  @Test
  void rollbackThatIsNotOnDiskSaysSo() {
    RolloutFlags flags = router();
    link.cut = true;
    memory.full = true;
    assertThat(flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW))).isFalse();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(KindFlags.SHADOW);
    assertThat(flags.keepable()).isFalse();
    memory.full = false;
    flags.refresh();
    assertThat(flags.kept("r1")).isTrue();
    assertThat(flags.keepable()).isTrue();
  }

  @Test
  void kindWhoseRowsAreDamagedStaysAsItWasSwitched() {
    RolloutFlags flags = router();
    database.damage(Kind.HEALTH, true);
    others.change(1, Map.of(Kind.EVENT, MORE), by(Origin.OPERATOR));
    flags.refresh();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(CANARY);
    assertThat(flags.state().of(Kind.EVENT)).isEqualTo(MORE);
    assertThat(flags.state().aside()).hasSize(1);
    assertThat(router().state().of(Kind.HEALTH)).as("from the file").isEqualTo(CANARY);
    assertThat(flags.readNow().of(Kind.HEALTH)).isEqualTo(CANARY);
    others.change(2, Map.of(Kind.HEALTH, MORE), by(Origin.OPERATOR));
    flags.refresh();
    assertThat(flags.state().of(Kind.HEALTH)).isEqualTo(MORE);
    assertThat(flags.state().aside()).isEmpty();
  }

  @Test
  void metersTellWhatCountsAndHowSureThatIs() {
    RolloutFlags flags = router();
    assertThat(gauge(RouterMeter.FLAGS_PENDING)).isZero();
    assertThat(gauge(RouterMeter.FLAGS_KEPT)).isEqualTo(1);
    assertThat(gauge(RouterMeter.FLAGS_ASIDE)).isZero();
    assertThat(gauge(RouterMeter.FLAG_AGE)).isNotNegative();
    assertThat(gauge(RouterMeter.STAGE)).isEqualTo(CANARY.stage().ordinal());
    assertThat(gauge(RouterMeter.PERCENTAGE))
        .isEqualTo(CANARY.cohort().percentage().doubleValue())
        .isPositive();
    database.damage(Kind.EVENT, false);
    flags.refresh();
    assertThat(gauge(RouterMeter.FLAGS_ASIDE)).isEqualTo(1);
    link.cut = true;
    memory.full = true;
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    assertThat(gauge(RouterMeter.FLAGS_PENDING)).isEqualTo(1);
    assertThat(gauge(RouterMeter.FLAGS_KEPT)).isZero();
    assertThat(gauge(RouterMeter.STAGE)).isEqualTo(Stage.SHADOW.ordinal());
    assertThat(gauge(RouterMeter.PERCENTAGE)).isZero();
  }

  private double gauge(RouterMeter meter) {
    return meters.get(meter.id()).gauges().stream()
        .filter(one -> !"device".equals(one.getId().getTag("kind")))
        .filter(one -> !"event".equals(one.getId().getTag("kind")))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void whatBecameOfTheLastHundredChangesIsRemembered() {
    RolloutFlags flags = router();
    for (int i = 0; i <= 100; i++) {
      now = now.plusSeconds(1);
      flags.override(rollback("r" + i, Kind.HEALTH, KindFlags.SHADOW));
      flags.storePending();
    }
    assertThat(flags.settled("r0")).isEmpty();
    assertThat(flags.settled("r1")).isPresent();
    assertThat(flags.settled("r100")).isPresent();
  }

  /**
   * How old what is on disk is matters to who starts from it: it is written when nothing changes.
   */
  @Test
  void whatIsOnDiskSaysThatItIsAMinuteOldAtMost() {
    RolloutFlags flags = router();
    Instant kept = memory.load().orElseThrow().asOf();
    now = now.plusSeconds(59);
    flags.refresh();
    assertThat(memory.load().orElseThrow().asOf()).isEqualTo(kept);
    now = now.plusSeconds(1);
    flags.refresh();
    assertThat(memory.load().orElseThrow().asOf()).isEqualTo(now);
  }

  @Test
  void routerThatStopsKeepsNothingMoreAndSaysSo() {
    ExecutorService disk = Executors.newSingleThreadExecutor();
    RolloutFlags flags = router(disk);
    assertThat(flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW))).isTrue();
    assertThat(flags.kept("r1")).isTrue();
    assertThat(flags.kept("r2")).isFalse();
    flags.close();
    assertThat(disk.isShutdown()).isTrue();
    assertThat(flags.override(rollback("r2", Kind.EVENT, KindFlags.SHADOW))).isFalse();
    assertThat(flags.state().of(Kind.EVENT)).as("it counts").isEqualTo(KindFlags.SHADOW);
    flags.refresh();
    assertThat(flags.kept("r2")).isFalse();
  }

  @Test
  void recordIsAssignedByWhatCountsNow() {
    RolloutFlags flags = router();
    AcceptedRecord accepted = SampleRecords.health("DEV1", 1);
    flags.override(rollback("r1", Kind.HEALTH, KindFlags.SHADOW));
    assertThat(flags.of(accepted.kind()).assignment(accepted, false))
        .isEqualTo(Assignment.LEGACY_MIRRORED);
    assertThat(flags.of(accepted.kind()).assignment(accepted, true))
        .as("asked for, and the opt-in is on")
        .isEqualTo(Assignment.STREAM_MIRRORED);
  }

  private PendingChange rollback(String id, Kind kind, KindFlags to) {
    return new PendingChange(id, now, Map.of(kind, to), by(Origin.ROLLBACK));
  }

  private static Note by(Origin origin) {
    return new Note(origin, "somebody", "a reason", null, false, "{}");
  }
}
