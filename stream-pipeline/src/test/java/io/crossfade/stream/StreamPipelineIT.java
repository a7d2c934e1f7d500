package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CutLink;
import io.crossfade.db.Kind;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.process.LoopReport;
import io.lettuce.core.Consumer;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.XReadArgs;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.util.unit.DataSize;

class StreamPipelineIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration LOOK_EVERY = Duration.ofMillis(1);
  private CutLink link;
  private TestOutputs outputs;

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
  void everythingAppendedBeforeTheGroupExistedBecomesRows() throws Exception {
    try (StreamHarness harness = harness()) {
      List<AcceptedRecord> records = new SampleRecords(1).crowded(500);
      assertThat(harness.append(records)).hasSize(500);

      for (Kind kind : Kind.values()) {
        harness.consume(kind);
      }
      await().atMost(PATIENCE).until(harness.health::drained);

      new io.crossfade.db.Output(outputs.legacy()).write(records);
      for (Kind kind : Kind.values()) {
        assertThat(TestOutputs.rows(outputs.stream(), kind))
            .isNotEmpty()
            .isEqualTo(TestOutputs.rows(outputs.legacy(), kind));
      }
    }
  }

  @Test
  void urgentEventsAreWrittenBeforeAllOthers() throws Exception {
    try (StreamHarness harness = harness()) {
      harness.append(events(3_000, false));
      harness.append(List.of(SampleRecords.event("SOS", 1, true)));
      harness.consume(Kind.EVENT);
      await().atMost(PATIENCE).until(harness.health::drained);
      assertThat(TestOutputs.count(outputs.stream(), Kind.EVENT)).isEqualTo(3_001);
      assertThat(
              TestOutputs.number(
                  outputs.stream(),
                  "SELECT COUNT(*) FROM t_common_event WHERE written_at < (SELECT written_at FROM"
                      + " t_common_event WHERE event_type = 'SOS_EVENT')"))
          .isZero();
    }
  }

  /** What asks every second would otherwise connect by a client that is being closed. */
  @Test
  void nobodyConnectsOnceTheRouterHasLetGoOfRedis() {
    try (StreamHarness harness = harness()) {
      harness.links.drop();
      assertThat(harness.health.drained()).isTrue();
      harness.links.drop();
      harness.links.stop();
      assertThatThrownBy(harness.health::drained)
          .isInstanceOf(RedisException.class)
          .hasMessageContaining("let go");
    }
  }

  @Test
  void entriesOfADeadConsumerAreClaimed() throws Exception {
    try (StreamHarness harness = harness()) {
      harness.append(health("CLAIM", 300));
      harness.groups.ensure(StreamName.HEALTH);
      assertThat(
              harness
                  .links
                  .text()
                  .xreadgroup(
                      Consumer.from(StreamSettings.GROUP, "dead"),
                      XReadArgs.Builder.count(120),
                      harness.unread(StreamName.HEALTH)))
          .hasSize(120);
      assertThat(harness.groups.forgetSilent(StreamName.HEALTH, Duration.ZERO))
          .as("its entries would be forgotten with it")
          .isZero();

      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      harness.stopConsumers();
      assertThat(harness.groups.forgetSilent(StreamName.HEALTH, Duration.ZERO)).isEqualTo(1);
      assertThat(harness.health.stats(StreamName.HEALTH).consumers()).isZero();

      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(300);
      assertThat(harness.count(StreamMeter.CLAIMED, StreamName.HEALTH)).isEqualTo(120);
    }
  }

  @Test
  void entriesWhoseDeliveryWasLostAreReadAgainByTheirOwnConsumer() throws Exception {
    StreamSettings patient = StreamHarness.settings(false, 2, /* claimIdle= */ Duration.ofHours(1));
    try (StreamHarness harness = new StreamHarness(TestRedis.sharedPort(), patient, outputs)) {
      harness.append(health("LOST", 1_300));
      harness.groups.ensure(StreamName.HEALTH);
      assertThat(
              harness
                  .links
                  .text()
                  .xreadgroup(
                      Consumer.from(StreamSettings.GROUP, "it-health-1"),
                      XReadArgs.Builder.count(1_200),
                      harness.unread(StreamName.HEALTH)))
          .hasSize(1_200);
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(1_300);
      assertThat(harness.count(StreamMeter.CLAIMED, StreamName.HEALTH)).isEqualTo(1_200);
    }
  }

  @Test
  void badRowsAndDamagedEntriesGoToTheDeadLettersAndTheRestIsWritten() throws Exception {
    try (StreamHarness harness = harness()) {
      List<AcceptedRecord> records = health("GOOD", 200);
      records.add(77, SampleRecords.health("B".repeat(300), 1));
      harness.append(records);
      harness
          .links
          .text()
          .xadd(harness.settings.key(StreamName.HEALTH), Map.of("r", "not an entry"));

      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));

      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(200);
      assertThat(
              TestOutputs.number(
                  outputs.control(),
                  "SELECT COUNT(*) FROM dead_letter WHERE source = 'STREAM' AND attempts = 1"
                      + " AND (reason LIKE '%device_sn%' OR reason LIKE 'No entry%')"))
          .isEqualTo(2);
      assertThat(harness.count(StreamMeter.DEAD, StreamName.HEALTH)).isEqualTo(2);
    }
  }

  /** Invariant 4: while the row is not committed, the entry is not acknowledged. */
  @Test
  void nothingIsAcknowledgedUntilItsRowIsCommitted() throws Exception {
    try (StreamHarness harness = harness()) {
      harness.consume(Kind.HEALTH);
      harness.append(health("BEFORE", 1));
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      link.cut();
      harness.append(health("DURING", 700));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  harness.meters.counter(StreamMeter.RETRIES.id(), "kind", "health").count() >= 2);
      StreamHealth.Stats stats = harness.health.stats(StreamName.HEALTH);
      assertThat(stats.pending()).isPositive();
      assertThat(stats.pending() + harness.health.waiting(StreamName.HEALTH, 1_000)).isEqualTo(700);
      assertThat(stats.oldestUnacknowledgedMillis()).isNotNull();

      link.mend();
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(701);
    }
  }

  @Test
  void consumersSurviveADeletedKeyAndADestroyedGroup() throws Exception {
    try (StreamHarness harness = harness()) {
      String key = harness.settings.key(StreamName.HEALTH);
      harness.consume(Kind.HEALTH);
      harness.append(health("ONE", 50));
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      harness.links.text().del(key);
      harness.append(health("TWO", 50));
      await().atMost(PATIENCE).until(() -> TestOutputs.count(outputs.stream(), Kind.HEALTH) == 100);
      harness.links.text().xgroupDestroy(key, StreamSettings.GROUP);
      harness.append(health("THREE", 50));
      await().atMost(PATIENCE).until(() -> TestOutputs.count(outputs.stream(), Kind.HEALTH) == 150);
    }
  }

  @Test
  void consumersAndAppenderSurviveARedisThatIsKilledAndRestarted() throws Exception {
    try (TestRedis redis = new TestRedis();
        StreamHarness harness =
            new StreamHarness(redis.port(), StreamHarness.settings(false, 2), outputs)) {
      harness.consume(Kind.HEALTH);
      harness.append(health("ONE", 100));
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      redis.kill();
      await()
          .atMost(PATIENCE)
          .until(
              () -> harness.appender.append(health("AWAY", 1)).handle((ok, e) -> e != null).get());
      redis.start();
      await()
          .atMost(PATIENCE)
          .until(
              () -> harness.appender.append(health("TWO", 100)).handle((ok, e) -> e == null).get());
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          TestOutputs.number(
                              outputs.stream(),
                              "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn IN"
                                  + " ('ONE', 'TWO')"))
                      .isEqualTo(200));
    }
  }

  @Test
  void consumersAndAppenderFollowASentinelToTheNextMaster() throws Exception {
    try (TestRedis master = new TestRedis();
        TestRedis replica = new TestRedis()) {
      replica.command(admin -> admin.replicaof("127.0.0.1", master.port()));
      try (TestSentinel sentinel = new TestSentinel(master);
          StreamHarness harness =
              new StreamHarness(sentinel.uri(), StreamHarness.settings(false, 1), outputs)) {
        harness.consume(Kind.HEALTH);
        harness.append(health("BEFORE", 100));
        await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
        master.kill();
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    harness
                        .appender
                        .append(health("AFTER", 100))
                        .handle((ok, e) -> e == null)
                        .get());
        await()
            .atMost(PATIENCE)
            .until(() -> TestOutputs.count(outputs.stream(), Kind.HEALTH) == 200);
      }
    }
  }

  /** Devices go on sending: something nearly always waits, and it needs no second consumer. */
  @Test
  void anotherConsumerStartsWhileMuchWaitsAndStopsWhenLittleDoes() throws Exception {
    try (StreamHarness harness =
        new StreamHarness(TestRedis.sharedPort(), StreamHarness.settings(false, 3), outputs)) {
      link.cut();
      ConsumerFleet fleet = harness.consume(Kind.HEALTH);
      harness.append(health("MANY", 5_000));
      await().atMost(PATIENCE).until(() -> fleet.running() == 3);
      link.mend();
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(5_000);
      AtomicBoolean sending = new AtomicBoolean(true);
      try (var device = Executors.newSingleThreadExecutor()) {
        Future<Integer> repeats = device.submit(() -> repeat(harness, health("MANY", 1), sending));
        try {
          await().atMost(PATIENCE).until(() -> fleet.running() == 1);
        } finally {
          sending.set(false);
        }
        assertThat(repeats.get()).as("uploads meanwhile").isPositive();
      }
      await()
          .atMost(PATIENCE)
          .until(() -> harness.health.stats(StreamName.HEALTH).consumers() == 1);
    }
  }

  /**
   * Sends an upload whenever the last one was read, however slow the machine, and says how often it
   * did.
   */
  private static int repeat(
      StreamHarness harness, List<AcceptedRecord> upload, AtomicBoolean sending) throws Exception {
    int sent = 0;
    while (sending.get()) {
      if (harness.health.waiting(StreamName.HEALTH, 1) == 0) {
        harness.append(upload);
        sent++;
      }
      LockSupport.parkNanos(LOOK_EVERY.toNanos());
    }
    return sent;
  }

  /** Each of them waited for its own 30 s for a table that was locked, one after the other. */
  @Test
  void allConsumersStopWithinOneTime() throws Exception {
    try (StreamHarness harness = harness();
        Connection locking = TestDatabase.admin();
        Statement statement = locking.createStatement()) {
      statement.execute("LOCK TABLES %s.t_user_health_data WRITE".formatted(schema()));
      harness.append(health("HUNG", 3));
      List<ConsumerFleet> fleets = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        fleets.add(harness.consume(Kind.HEALTH));
      }
      await().atMost(PATIENCE).until(() -> harness.health.stats(StreamName.HEALTH).pending() == 3);
      long end = System.nanoTime();
      fleets.forEach(fleet -> fleet.stopConsumers(end));
      fleets.forEach(fleet -> fleet.awaitStop(end));
      assertThat(harness.health.stats(StreamName.HEALTH).pending())
          .as("stays for others to claim")
          .isEqualTo(3);
      statement.execute("UNLOCK TABLES");
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(3);
    }
  }

  private String schema() throws SQLException {
    try (Connection output = outputs.stream().getConnection()) {
      return output.getCatalog();
    }
  }

  /** Its thread died of it, in silence, and what it had read stayed pending with it. */
  @Test
  void consumerGoesOnAfterAnError() throws Exception {
    AtomicInteger errors = new AtomicInteger();
    DataSource failing =
        new DelegatingDataSource(outputs.stream()) {
          @Override
          public Connection getConnection() throws SQLException {
            if (errors.incrementAndGet() <= 2) {
              throw new NoClassDefFoundError("of a driver that was replaced under way");
            }
            return super.getConnection();
          }
        };
    try (StreamHarness harness =
        new StreamHarness(
            RedisURI.create("127.0.0.1", TestRedis.sharedPort()),
            StreamHarness.settings(false, 1),
            outputs,
            failing)) {
      harness.append(health("ERROR", 100));
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(100);
      assertThat(errors).hasValueGreaterThan(2);
      assertThat(harness.loops.reports())
          .extracting(LoopReport::loop)
          .contains("stream-consumer", "stream-consumers", "append-timeout");
    }
  }

  @Test
  void validateOnlyWritesNothingAndAcknowledges() throws Exception {
    try (StreamHarness harness =
        new StreamHarness(TestRedis.sharedPort(), StreamHarness.settings(true, 1), outputs)) {
      harness.append(health("CHECK", 250));
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(harness.count(StreamMeter.VALIDATED, StreamName.HEALTH)).isEqualTo(250);
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isZero();
    }
  }

  @Test
  void trimmingNeverCutsWhatIsPendingOrUnread() throws Exception {
    try (StreamHarness harness =
        new StreamHarness(
            TestRedis.sharedPort(),
            StreamHarness.keeping(Duration.ofMillis(1), DataSize.ofBytes(0)),
            outputs)) {
      String key = harness.settings.key(StreamName.HEALTH);
      assertThat(harness.trim(StreamName.HEALTH)).as("no stream yet").isZero();
      List<String> ids = harness.append(health("TRIM", 2_000));
      assertThat(harness.trim(StreamName.HEALTH)).as("nobody reads yet").isZero();

      harness.groups.ensure(StreamName.HEALTH);
      harness
          .links
          .text()
          .xreadgroup(
              Consumer.from(StreamSettings.GROUP, "slow"),
              XReadArgs.Builder.count(1_500),
              harness.unread(StreamName.HEALTH));
      harness
          .links
          .text()
          .xack(key, StreamSettings.GROUP, ids.subList(0, 700).toArray(String[]::new));

      assertThat(harness.trim(StreamName.HEALTH)).isEqualTo(700);
      assertThat(harness.look.at(StreamName.HEALTH).first().orElseThrow().id())
          .isEqualTo(EntryId.parse(ids.get(700)));

      harness
          .links
          .text()
          .xack(key, StreamSettings.GROUP, ids.subList(700, 1_500).toArray(String[]::new));
      harness.trim(StreamName.HEALTH);
      assertThat(harness.look.at(StreamName.HEALTH).first().orElseThrow().id())
          .isEqualTo(EntryId.parse(ids.get(1_499)));
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(500);
    }
  }

  @Test
  void healthIsHonestAboutEmptyAndMissingStreams() throws Exception {
    try (StreamHarness harness = harness()) {
      StreamHealth.Stats missing = harness.health.stats(StreamName.DEVICE);
      assertThat(missing.length()).isZero();
      assertThat(missing.firstEntry()).isNull();
      assertThat(missing.lag()).isZero();
      assertThat(missing.oldestUnacknowledgedMillis()).isNull();

      List<String> ids = harness.append(health("STATS", 3));
      StreamHealth.Stats unread = harness.health.stats(StreamName.HEALTH);
      assertThat(unread.length()).isEqualTo(3);
      assertThat(unread.firstEntry()).isEqualTo(ids.getFirst());
      assertThat(unread.lastEntry()).isEqualTo(ids.getLast());
      assertThat(unread.oldestUnacknowledgedMillis()).isNotNull();
      assertThat(harness.health.drained()).isFalse();
    }
  }

  private StreamHarness harness() {
    return new StreamHarness(TestRedis.sharedPort(), StreamHarness.settings(false, 1), outputs);
  }

  private static List<AcceptedRecord> health(String device, int count) {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < count; second++) {
      records.add(SampleRecords.health(device, second));
    }
    return records;
  }

  private static List<AcceptedRecord> events(int count, boolean urgent) {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < count; second++) {
      records.add(SampleRecords.event("EVENTS", second, urgent));
    }
    return records;
  }
}
