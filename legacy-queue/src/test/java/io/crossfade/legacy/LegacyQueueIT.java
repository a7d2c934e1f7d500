package io.crossfade.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CutLink;
import io.crossfade.db.FactType;
import io.crossfade.db.HealthData;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RecordWeight;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Stage;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.process.LoopMeter;
import io.crossfade.db.process.LoopReport;
import io.crossfade.db.process.Loops;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LegacyQueueIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Loops loops = new Loops(meters);
  private CutLink link;
  private TestOutputs outputs;

  private ByteBudget budget = new ByteBudget(1L << 30);

  @BeforeEach
  void open() {
    link = new CutLink(TestDatabase.port());
    outputs = new TestOutputs(TestDatabase.newSchemasBehind(link));
  }

  @AfterEach
  void close() throws Exception {
    outputs.close();
    link.close();
  }

  @Test
  void writesWhatItTookWhenFullOrDue() {
    LegacyQueue queue = queue(new QueueShape(1_000, 50, 2, Duration.ofMillis(50)));
    queue.start();
    assertThat(queue.offer(health("FULL", 0, 120), PATIENCE)).isEqualTo(120);
    await().atMost(PATIENCE).until(() -> queue.held() == 0);
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(120);
    queue.beginStop(PATIENCE);
  }

  @Test
  void refusesWhenFullAndTakesAllOrNothing() throws Exception {
    LegacyQueue queue = queue(new QueueShape(10, 5, 1, Duration.ofSeconds(2)));
    assertThat(queue.offer(health("ROOM", 0, 7), PATIENCE)).isEqualTo(7);
    assertThat(queue.offer(health("ROOM", 7, 4), PATIENCE)).isZero();
    assertThat(queue.offer(health("ROOM", 7, 3), PATIENCE)).isEqualTo(3);
    assertThat(queue.held()).isEqualTo(10);
    assertThat(count(LegacyMeter.REFUSED)).isEqualTo(4);
    queue.start();
    queue.beginStop(PATIENCE);
    assertThat(queue.awaitStop()).isZero();
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(10);
  }

  @Test
  void takesAnUploadLargerThanItselfPieceByPiece() throws Exception {
    LegacyQueue queue = queue(new QueueShape(100, 50, 2, Duration.ofMillis(20)));
    queue.start();
    assertThat(queue.offer(health("HUGE", 0, 1_000), PATIENCE)).isEqualTo(1_000);
    queue.beginStop(PATIENCE);
    assertThat(queue.awaitStop()).isZero();
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(1_000);
  }

  /** Nobody is delayed by a copy; what judges the outputs knows that it is still on its way. */
  @Test
  void copiesWaitForRoomWithoutDelayingAnybody() throws Exception {
    LegacyQueue queue = queue(new QueueShape(10, 5, 1, Duration.ofMillis(20)));
    List<AcceptedRecord> served = health("SERVED", 0, 10);
    assertThat(queue.offer(served, PATIENCE)).isEqualTo(10);
    List<Integer> taken = new CopyOnWriteArrayList<>();
    List<AcceptedRecord> copies = health("COPY", 0, 4);
    queue.offerLater(copies, PATIENCE, taken::add);
    assertThat(taken).isEmpty();
    assertThat(queue.oldestHeld())
        .contains(AcceptanceStamp.instantOf(served.getFirst().acceptance().stamp()));
    queue.offerLater(health("COPY", 10, 2), PATIENCE, taken::add);
    assertThat(taken).as("the waiting room is full").containsExactly(0);
    queue.start();
    await().atMost(PATIENCE).until(() -> taken.size() == 2);
    assertThat(taken).containsExactly(0, 4);
    await().atMost(PATIENCE).until(() -> queue.held() == 0);
    await().atMost(PATIENCE).until(() -> queue.oldestHeld().isEmpty());
    queue.beginStop(PATIENCE);
    assertThat(queue.awaitStop()).isZero();
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(14);
  }

  @Test
  void copiesThatGetNoRoomInTimeAreNotTaken() {
    LegacyQueue queue = queue(new QueueShape(10, 5, 1, Duration.ofMillis(20)));
    assertThat(queue.offer(health("SERVED", 0, 10), PATIENCE)).isEqualTo(10);
    List<Integer> taken = new CopyOnWriteArrayList<>();
    queue.offerLater(health("COPY", 0, 4), Duration.ofMillis(50), taken::add);
    await().atMost(PATIENCE).until(() -> !taken.isEmpty());
    assertThat(taken).containsExactly(0);
    assertThat(queue.held()).isEqualTo(10);
    queue.offerLater(health("COPY", 4, 5), Duration.ZERO, taken::add);
    await().atMost(PATIENCE).until(() -> taken.size() == 2);
    assertThat(taken).as("the waiting room is free again").containsExactly(0, 0);
  }

  @Test
  void drainsOnAnOrderlyStopAndThenRefuses() throws Exception {
    LegacyQueue queue = queue(new QueueShape(5_000, 50, 3, Duration.ofSeconds(60)));
    queue.start();
    assertThat(queue.offer(health("DRAIN", 0, 3_017), PATIENCE)).isEqualTo(3_017);
    queue.beginStop(PATIENCE);
    assertThat(queue.offer(health("LATE", 0, 1), PATIENCE)).isZero();
    assertThat(queue.awaitStop()).isZero();
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(3_017);
  }

  @Test
  void writesAgainUntilTheDatabaseIsBack() {
    LegacyQueue queue = queue(new QueueShape(1_000, 50, 2, Duration.ofMillis(20)));
    queue.start();
    link.cut();
    assertThat(queue.offer(health("OUTAGE", 0, 100), PATIENCE)).isEqualTo(100);
    await().atMost(PATIENCE).until(() -> count(LegacyMeter.RETRIES) >= 2);
    assertThat(queue.held()).isEqualTo(100);
    link.mend();
    await().atMost(PATIENCE).until(() -> queue.held() == 0);
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(100);
    queue.beginStop(PATIENCE);
  }

  @Test
  void reportsWhatAStopLeavesUnwritten() throws Exception {
    LegacyQueue queue = queue(new QueueShape(1_000, 50, 2, Duration.ofMillis(20)));
    queue.start();
    link.cut();
    assertThat(queue.offer(health("LOST", 0, 120), PATIENCE)).isEqualTo(120);
    queue.beginStop(Duration.ofMillis(300));
    assertThat(queue.awaitStop()).isEqualTo(120);
    assertThat(count(LegacyMeter.LOST)).isEqualTo(120);
    assertThat(budget.used()).as("what is lost holds nothing").isZero();
  }

  @Test
  void badRowGoesToTheDeadLettersAndItsBatchIsWritten() throws Exception {
    LegacyQueue queue = queue(new QueueShape(1_000, 50, 1, Duration.ofMillis(20)));
    List<AcceptedRecord> batch = health("GOOD", 0, 49);
    batch.add(20, SampleRecords.health("B".repeat(300), 1));
    assertThat(queue.offer(batch, PATIENCE)).isEqualTo(50);
    queue.start();
    queue.beginStop(PATIENCE);
    assertThat(queue.awaitStop()).isZero();
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(49);
    assertThat(
            TestOutputs.number(
                outputs.control(),
                "SELECT COUNT(*) FROM dead_letter WHERE source = 'LEGACY' AND kind = 'HEALTH'"
                    + " AND reason LIKE '%device_sn%' AND body_format = 'entry'"))
        .isEqualTo(1);
    assertThat(count(LegacyMeter.DEAD)).isEqualTo(1);
  }

  /** No value is named, and no outage either: others are taken, and it never. */
  @Test
  void recordThatATriggerRefusesHoldsUpNobodyForLong() throws Exception {
    LegacyQueue queue = queue(new QueueShape(1_000, 50, 1, Duration.ofMillis(20)));
    try (Connection legacy = outputs.legacy().getConnection();
        Connection admin = TestDatabase.admin();
        Statement statement = admin.createStatement()) {
      statement.execute(
          ("CREATE TRIGGER %1$s.strict BEFORE INSERT ON %1$s.t_user_health_data FOR EACH ROW BEGIN"
                  + " IF NEW.device_sn = 'STRICT' THEN SIGNAL SQLSTATE '45000'; END IF; END")
              .formatted(legacy.getCatalog()));
    }
    List<AcceptedRecord> batch = health("GOOD", 0, 49);
    batch.add(20, SampleRecords.health("STRICT", 1));
    assertThat(queue.offer(batch, PATIENCE)).isEqualTo(50);
    queue.start();
    await().atMost(PATIENCE).until(() -> queue.held() == 0);
    queue.beginStop(PATIENCE);
    assertThat(queue.awaitStop()).isZero();
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(49);
    assertThat(count(LegacyMeter.DEAD)).isEqualTo(1);
  }

  @Test
  void takesNoMoreBytesThanItMayAndCopiesLess() throws Exception {
    long one = RecordWeight.of(heavy("HEAVY", 0, RouteReason.FLAG));
    // A half of the budget is the queue's, a fifth the copies'.
    budget = new ByteBudget(one * 20 + one / 2);
    LegacyQueue queue = queue(new QueueShape(1_000, 500, 2, Duration.ofMillis(20)));
    List<AcceptedRecord> served = new ArrayList<>();
    for (int second = 0; second < 10; second++) {
      served.add(heavy("HEAVY", second, RouteReason.FLAG));
    }
    assertThat(queue.offer(served, PATIENCE)).isEqualTo(10);
    assertThat(queue.offer(List.of(heavy("MORE", 0, RouteReason.FLAG)), PATIENCE)).isZero();
    assertThat(budget.refused(Stage.QUEUE)).isEqualTo(1);
    List<Integer> taken = new CopyOnWriteArrayList<>();
    for (int second = 0; second < 5; second++) {
      queue.offerLater(List.of(heavy("COPY", second, RouteReason.MIRROR)), PATIENCE, taken::add);
    }
    await().atMost(PATIENCE).until(() -> taken.size() == 5);
    assertThat(taken).as("four fifths of them").containsExactlyInAnyOrder(1, 1, 1, 1, 0);
    assertThat(budget.used(Stage.QUEUE)).isEqualTo(RecordWeight.of(served));
    assertThat(budget.used(Stage.COPIES)).isBetween(3 * one, 4 * one + one / 10);
    queue.start();
    queue.beginStop(PATIENCE);
    assertThat(queue.awaitStop()).isZero();
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(14);
    assertThat(budget.used()).isZero();
  }

  @Test
  void heavyRecordsAreWrittenFewAtATime() throws Exception {
    LegacyQueue queue = queue(new QueueShape(1_000, 500, 1, Duration.ofSeconds(60)));
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < 60; second++) {
      records.add(heavy("FEW", second, RouteReason.FLAG));
    }
    assertThat(queue.offer(records, PATIENCE)).isEqualTo(60);
    queue.start();
    queue.beginStop(PATIENCE);
    assertThat(queue.awaitStop()).isZero();
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(60);
    assertThat(meters.get(LegacyMeter.WRITE.id()).timer().count())
        .as("a MiB each, of 12 MB")
        .isGreaterThan(5);
    assertThat(budget.used()).isZero();
  }

  @Test
  void writerThatMeetsAnErrorKeepsWhatItHeldAndGoesOn() throws Exception {
    AtomicInteger errors = new AtomicInteger(5);
    DataSource output = outputs.legacy();
    DataSource broken =
        (DataSource)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {DataSource.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("getConnection") && errors.getAndDecrement() > 0) {
                    throw new NoClassDefFoundError("com/mysql/cj/Nowhere");
                  }
                  return method.invoke(output, arguments);
                });
    LegacyQueue queue = queue(new QueueShape(1_000, 50, 2, Duration.ofMillis(20)), broken);
    assertThat(queue.offer(health("ERROR", 0, 500), PATIENCE)).isEqualTo(500);
    queue.start();
    await().atMost(PATIENCE).until(() -> queue.held() == 0);
    assertThat(loops.reports())
        .hasSize(2)
        .allSatisfy(report -> assertThat(report.state()).isEqualTo(LoopReport.State.ALIVE));
    assertThat(meters.get(LoopMeter.FAILURES.id()).functionCounter().count()).isEqualTo(5);
    queue.beginStop(PATIENCE);
    assertThat(queue.awaitStop()).isZero();
    assertThat(TestOutputs.count(outputs.legacy(), Kind.HEALTH)).isEqualTo(500);
    assertThat(count(LegacyMeter.WRITTEN)).isEqualTo(500);
    assertThat(loops.reports()).isEmpty();
    assertThat(budget.used()).isZero();
  }

  private LegacyQueue queue(QueueShape shape) {
    return queue(shape, outputs.legacy());
  }

  private LegacyQueue queue(QueueShape shape, DataSource output) {
    return new LegacyQueue(
        Kind.HEALTH,
        shape,
        new Output(output),
        new DeadLetters(outputs.control()),
        InstantSource.system(),
        meters,
        loops,
        budget);
  }

  /** With a fact of 100,000 characters. */
  private static AcceptedRecord heavy(String device, int second, RouteReason reason) {
    HealthData light = SampleRecords.health(device, second);
    String fact = "{\"data\":\"" + "x".repeat(100_000) + "\"}";
    return new HealthData(
            light.acceptance(),
            light.deviceSn(),
            light.timestamp(),
            light.owner(),
            light.heartRate(),
            light.bloodOxygen(),
            light.temperature(),
            light.pressureHigh(),
            light.pressureLow(),
            light.stress(),
            light.step(),
            light.distance(),
            light.calorie(),
            light.sleep(),
            light.position(),
            light.uploadMethod(),
            Map.of(FactType.WORKOUT, fact))
        .because(reason);
  }

  private double count(LegacyMeter meter) {
    return meters.get(meter.id()).counter().count();
  }

  private static List<AcceptedRecord> health(String device, int from, int count) {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = from; second < from + count; second++) {
      records.add(SampleRecords.health(device, second));
    }
    return records;
  }
}
