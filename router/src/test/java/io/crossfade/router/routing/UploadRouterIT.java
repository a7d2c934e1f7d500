package io.crossfade.router.routing;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Acceptance;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.db.process.Loops;
import io.crossfade.legacy.LegacyConfiguration;
import io.crossfade.legacy.LegacyMeter;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.flags.Cohort;
import io.crossfade.router.flags.FlagFile;
import io.crossfade.router.flags.FlagTable;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.PendingChange;
import io.crossfade.router.flags.RolloutChange.Origin;
import io.crossfade.router.flags.RolloutFlags;
import io.crossfade.router.paths.GuardedStreamPath;
import io.crossfade.stream.TestAppender;
import io.crossfade.stream.TestRedis;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** Where the records of an upload go, and what is noted of those that did not get there. */
class UploadRouterIT {

  private static final KindFlags LIVE = new KindFlags(Cohort.EVERYBODY, true);
  private static final KindFlags COMPLETE = new KindFlags(Cohort.EVERYBODY, false);
  private static final Duration LONG = Duration.ofMinutes(2);

  @TempDir private Path directory;

  private final TestOutputs outputs = new TestOutputs();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Loops loops = new Loops(meters);
  private final DroppedMirrors dropped = new DroppedMirrors(outputs.control());
  private final RefusedRecords refused = new RefusedRecords(outputs.control());
  private final RollbackWatch watch = new RollbackWatch();
  private final MirrorLedger ledger = new MirrorLedger(dropped, refused, meters, loops);
  private final CircuitBreaker breaker = CircuitBreaker.ofDefaults("stream");
  private final TestAppender appender = new TestAppender(TestRedis.sharedPort(), meters, loops);
  private final AnnotationConfigApplicationContext memory =
      new AnnotationConfigApplicationContext();
  private Instant now =
      AcceptanceStamp.instantOf(SampleRecords.health("X", 1).acceptance().stamp());
  private boolean legacySeen = true;
  private RolloutFlags flags;
  private UploadRouter router;

  @BeforeEach
  void open() {
    memory.registerBean(Output.class, () -> new Output(outputs.legacy()));
    memory.registerBean(DeadLetters.class, () -> new DeadLetters(outputs.control()));
    memory.registerBean(InstantSource.class, InstantSource::system);
    memory.registerBean(MeterRegistry.class, () -> meters);
    memory.registerBean(Loops.class, () -> loops);
    memory.registerBean(ByteBudget.class, () -> new ByteBudget(1L << 30));
    memory.register(LegacyConfiguration.class);
    memory.refresh();
    flags =
        new RolloutFlags(
            new FlagTable(outputs.control(), InstantSource.system(), () -> "nobody"),
            new FlagFile(directory, "here"),
            Runnable::run,
            KindFlags.LEGACY,
            InstantSource.system(),
            meters,
            loops);
    router = routerTo(appender);
  }

  private UploadRouter routerTo(TestAppender stream) {
    return new UploadRouter(
        flags,
        memory.getBean(LegacyPath.class),
        new GuardedStreamPath(stream.appender(), breaker),
        ledger,
        watch,
        Duration.ofMillis(50),
        null,
        () -> legacySeen,
        () -> now,
        meters);
  }

  @AfterEach
  void close() {
    memory.close();
    ledger.close();
    flags.close();
    appender.close();
    outputs.close();
  }

  @Test
  void atLegacyNothingReachesTheStream() {
    assertThat(route(one(1)).accepted()).isTrue();
    assertThat(counted(RouterMeter.RECORDS, DeliveryPath.LEGACY, RouteReason.FLAG)).isEqualTo(1);
    assertThat(taken()).isEqualTo(1);
    assertThat(appender.entries(Kind.HEALTH)).isEmpty();
  }

  @Test
  void inShadowTheStreamGetsACopyUnderTheSameStamp() {
    switched(KindFlags.SHADOW);
    AcceptedRecord record = one(2);
    assertThat(route(record)).isEqualTo(new UploadRouter.Outcome(true, List.of()));
    awaitEntries(1);
    assertThat(appender.entries(Kind.HEALTH))
        .containsExactly(
            new Acceptance(
                record.acceptance().id(), record.acceptance().stamp(), RouteReason.MIRROR));
    Awaitility.await()
        .atMost(LONG)
        .until(() -> counted(RouterMeter.MIRRORED, DeliveryPath.STREAM, null) == 1);
    assertThat(dropped(DeliveryPath.STREAM, record)).isFalse();
  }

  @Test
  void copyThatRedisDoesNotTakeIsNotedAndTheDeviceIsServed() {
    switched(KindFlags.SHADOW);
    breaker.transitionToForcedOpenState();
    AcceptedRecord record = one(3);
    assertThat(route(record).accepted()).isTrue();
    assertThat(counted(RouterMeter.MIRROR_DROPPED, DeliveryPath.STREAM, null)).isEqualTo(1);
    assertThat(counted(RouterMeter.MIRRORED, DeliveryPath.STREAM, null)).isZero();
    assertThat(dropped(DeliveryPath.STREAM, record)).isTrue();
    assertThat(dropped(DeliveryPath.LEGACY, record)).isFalse();
    assertThat(refused(record)).isFalse();
  }

  /** The breaker guards what is served: that Redis was away a moment ago drops no copy. */
  @Test
  void copyIsTriedWhileTheBreakerIsOpen() {
    switched(KindFlags.SHADOW);
    breaker.transitionToOpenState();
    AcceptedRecord record = one(16);
    assertThat(route(record).accepted()).isTrue();
    awaitEntries(1);
    assertThat(dropped(DeliveryPath.STREAM, record)).isFalse();
    assertThat(breaker.getMetrics().getNumberOfNotPermittedCalls()).isZero();
  }

  @Test
  void uploadThatTheQueueRefusedIsNotedWhereItsCopyWentOn() {
    switched(KindFlags.SHADOW);
    legacySeen = false;
    assertThat(router.isStarting()).isTrue();
    AcceptedRecord record = one(4);
    assertThat(route(record).accepted()).isFalse();
    assertThat(meters.get(RouterMeter.REFUSED.id()).tag("kind", "health").counter().count())
        .isEqualTo(1);
    awaitEntries(1);
    assertThat(refused(record)).isTrue();
    assertThat(taken()).isZero();
  }

  @Test
  void whatOnePathAloneRefusedNeedsNoNote() {
    legacySeen = false;
    AcceptedRecord record = one(5);
    assertThat(route(record).accepted()).isFalse();
    assertThat(refused(record)).isFalse();
    legacySeen = true;
    assertThat(router.isStarting()).isFalse();
    assertThat(route(record).accepted()).isTrue();
  }

  @Test
  void liveTheStreamServesAndTheQueueGetsACopy() {
    switched(LIVE);
    AcceptedRecord record = one(6);
    UploadRouter.Outcome outcome = route(record);
    assertThat(outcome.accepted()).isTrue();
    assertThat(outcome.streamIds()).hasSize(1);
    assertThat(appender.entries(Kind.HEALTH))
        .extracting(Acceptance::reason)
        .containsExactly(RouteReason.FLAG);
    assertThat(counted(RouterMeter.RECORDS, DeliveryPath.STREAM, RouteReason.FLAG)).isEqualTo(1);
    assertThat(counted(RouterMeter.MIRRORED, DeliveryPath.LEGACY, null)).isEqualTo(1);
    assertThat(taken()).isEqualTo(1);
    assertThat(dropped(DeliveryPath.LEGACY, record)).isFalse();
  }

  @Test
  void copyThatTheQueueDoesNotTakeIsNoted() {
    switched(LIVE);
    memory.getBean(LegacyPath.class).stop();
    AcceptedRecord record = one(7);
    assertThat(route(record).accepted()).isTrue();
    assertThat(counted(RouterMeter.MIRROR_DROPPED, DeliveryPath.LEGACY, null)).isEqualTo(1);
    assertThat(dropped(DeliveryPath.LEGACY, record)).isTrue();
  }

  @Test
  void completeNothingIsCopied() {
    switched(COMPLETE);
    assertThat(route(one(8)).streamIds()).hasSize(1);
    assertThat(taken()).isZero();
    assertThat(counted(RouterMeter.MIRRORED, DeliveryPath.LEGACY, null)).isZero();
  }

  @Test
  void whereRedisIsAwayTheQueueTakesOverUnderTheSameStampAndEndsARollbacksWait() throws Exception {
    switched(COMPLETE);
    RollbackWatch.Wait wait = watch.await(Map.of(Kind.HEALTH, COMPLETE));
    try (TestAppender nobody = new TestAppender(1, meters, loops)) {
      UploadRouter away = routerTo(nobody);
      AcceptedRecord record = one(9);
      UploadRouter.Outcome outcome = away.route(List.of(record), false);
      assertThat(outcome).isEqualTo(new UploadRouter.Outcome(true, List.of()));
      assertThat(counted(RouterMeter.RECORDS, DeliveryPath.LEGACY, RouteReason.STREAM_UNAVAILABLE))
          .isEqualTo(1);
      assertThat(wait.millis()).isPresent();
      Awaitility.await().atMost(LONG).until(() -> written(record));
      assertThat(
              TestOutputs.number(
                  outputs.legacy(),
                  "SELECT COUNT(*) FROM t_user_health_data"
                      + " WHERE route_reason = 'STREAM_UNAVAILABLE' AND stamp = "
                      + record.acceptance().stamp()))
          .isEqualTo(1);
      legacySeen = false;
      AcceptedRecord full = one(10);
      assertThat(away.route(List.of(full), false).accepted()).isFalse();
      assertThat(refused(full)).as("Redis may have it").isTrue();
    }
  }

  @Test
  void recordsOfOneUploadGoEachItsWay() {
    change(Kind.HEALTH, LIVE);
    change(Kind.EVENT, KindFlags.SHADOW);
    List<AcceptedRecord> upload = new ArrayList<>();
    upload.add(one(11));
    upload.add(SampleRecords.event("ROUTED", 12, true));
    upload.add(one(13));
    UploadRouter.Outcome outcome = router.route(upload, false);
    assertThat(outcome.accepted()).isTrue();
    assertThat(outcome.streamIds()).hasSize(2);
    assertThat(appender.entries(Kind.HEALTH)).hasSize(2);
    Awaitility.await().atMost(LONG).until(() -> appender.entries(Kind.EVENT).size() == 1);
    memory.getBean(LegacyPath.class).stop();
    assertThat(router.route(upload, false))
        .as("one that is refused fails all of it")
        .returns(false, UploadRouter.Outcome::accepted);
  }

  @Test
  void clientThatAsksForTheStreamGetsIt() {
    switched(KindFlags.SHADOW);
    assertThat(router.route(List.of(one(14)), true).streamIds()).hasSize(1);
    assertThat(counted(RouterMeter.RECORDS, DeliveryPath.STREAM, RouteReason.OPT_IN)).isEqualTo(1);
  }

  /** The flags answer then, and are named as the reason: legacy with a copy, or the cohort. */
  @Test
  void clientThatAsksWhileTheOptInIsOffGoesAsAllOthersDo() {
    switched(KindFlags.SHADOW.withOptIn(false));
    UploadRouter.Outcome outcome = router.route(List.of(one(14)), true);
    assertThat(outcome.accepted()).isTrue();
    assertThat(outcome.streamIds()).isEmpty();
    assertThat(counted(RouterMeter.RECORDS, DeliveryPath.LEGACY, RouteReason.FLAG)).isEqualTo(1);
    Awaitility.await().atMost(LONG).until(() -> appender.entries(Kind.HEALTH).size() == 1);
    switched(LIVE.withOptIn(false));
    assertThat(router.route(List.of(one(15)), true).streamIds()).hasSize(1);
    assertThat(counted(RouterMeter.RECORDS, DeliveryPath.STREAM, RouteReason.FLAG)).isEqualTo(1);
    assertThat(counted(RouterMeter.RECORDS, DeliveryPath.STREAM, RouteReason.OPT_IN)).isZero();
  }

  @Test
  void whatIsRoutedOneWayLongAfterItsAcceptanceCountsAsNotCopied() {
    AcceptedRecord record = one(15);
    now = AcceptanceStamp.instantOf(record.acceptance().stamp()).plusSeconds(3);
    route(record);
    assertThat(dropped(DeliveryPath.STREAM, record)).isTrue();
  }

  @Test
  void whatTheLedgerHadToKeepIsKeptWhenItCloses() {
    switched(KindFlags.SHADOW);
    breaker.transitionToForcedOpenState();
    List<AcceptedRecord> records = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      records.add(one(100 + i));
    }
    router.route(records, false);
    ledger.close();
    assertThat(ledger.settled()).isTrue();
    assertThat(ledger.left()).isEmpty();
    assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM dropped_mirror"))
        .isEqualTo(2_500);
    route(one(99));
    assertThat(ledger.settled()).isFalse();
    assertThat(ledger.left()).containsExactly("1 dropped or refused records that stay unexplained");
  }

  private static AcceptedRecord one(int second) {
    return SampleRecords.health("ROUTED", second);
  }

  private UploadRouter.Outcome route(AcceptedRecord record) {
    return router.route(List.of(record), false);
  }

  private void switched(KindFlags to) {
    for (Kind kind : Kind.values()) {
      change(kind, to);
    }
  }

  private void change(Kind kind, KindFlags to) {
    flags.override(
        new PendingChange(
            UUID.randomUUID().toString(),
            Instant.now(),
            new TreeMap<>(Map.of(kind, to)),
            new FlagTable.Note(Origin.OPERATOR, "ann", "test", null, false, "{}")));
  }

  private double taken() {
    return meters.get(LegacyMeter.ACCEPTED.id()).tag("kind", "health").counter().count();
  }

  private double counted(RouterMeter meter, DeliveryPath path, @Nullable RouteReason reason) {
    var found = meters.find(meter.id()).tag("kind", "health").tag("path", path.label());
    Counter counter = (reason == null ? found : found.tag("reason", reason.name())).counter();
    return counter == null ? 0 : counter.count();
  }

  private void awaitEntries(int entries) {
    Awaitility.await().atMost(LONG).until(() -> appender.entries(Kind.HEALTH).size() == entries);
  }

  private boolean written(AcceptedRecord record) {
    return TestOutputs.number(
            outputs.legacy(),
            "SELECT COUNT(*) FROM t_user_health_data WHERE stamp = " + record.acceptance().stamp())
        == 1;
  }

  private boolean dropped(DeliveryPath path, AcceptedRecord record) {
    return noted(() -> dropped.among(path, Set.of(record.acceptance().id())), record);
  }

  private boolean refused(AcceptedRecord record) {
    return noted(
        () -> refused.among(DeliveryPath.LEGACY, Set.of(record.acceptance().id())), record);
  }

  private interface Notes {
    Map<RecordId, Set<Long>> read() throws SQLException;
  }

  private boolean noted(Notes notes, AcceptedRecord record) {
    Awaitility.await().atMost(LONG).until(ledger::settled);
    try {
      return notes
          .read()
          .getOrDefault(record.acceptance().id(), Set.of())
          .contains(record.acceptance().stamp());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
