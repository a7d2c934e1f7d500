package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CutLink;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.db.control.LetterQuota;
import io.crossfade.db.control.LetterSettings;
import io.crossfade.db.control.LostRecords;
import io.lettuce.core.Consumer;
import io.lettuce.core.RedisURI;
import io.lettuce.core.XClaimArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.models.stream.PendingMessage;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** An entry that nobody can take holds up no other, and is not forgotten. */
class PoisonIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration CLAIM_IDLE = Duration.ofSeconds(1);

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

  /** Each of its deliveries killed who got it: nobody was left to say so. */
  @Test
  void entryThatWasDeliveredTooOftenGoesToTheDeadLetters() throws Exception {
    try (StreamHarness harness = harness(8)) {
      List<AcceptedRecord> records = health("POISON", 300);
      List<String> ids = harness.append(records);
      readByTheDead(harness, 300);
      die(harness, List.of(ids.get(150)), 7);

      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(299);
      assertThat(
              TestOutputs.number(
                  outputs.control(),
                  "SELECT COUNT(*) FROM dead_letter WHERE source = 'STREAM' AND attempts = 8"
                      + " AND body_format = 'entry' AND HEX(dead_key) = '"
                      + records.get(150).acceptance().id().toString().replace("-", "")
                      + "'"))
          .isEqualTo(1);
      assertThat(harness.count(StreamMeter.DEAD, StreamName.HEALTH)).isEqualTo(1);
    }
  }

  /** The others of its batches were delivered as often, and are none. */
  @Test
  void suspectedEntriesAreTakenOneByOne() throws Exception {
    try (StreamHarness harness = harness(8)) {
      List<String> ids = harness.append(health("SUSPECT", 60));
      readByTheDead(harness, 60);
      die(harness, ids, 4);
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(60);
      assertThat(harness.count(StreamMeter.CLAIMED, StreamName.HEALTH)).isEqualTo(60);
    }
  }

  /** Whatever it is, a letter keeps what fits into one. */
  @Test
  void poisonThatIsTooLargeIsNotRead() throws Exception {
    try (StreamHarness harness = harness(4)) {
      byte[] huge = new byte[4 * 1024 * 1024];
      add(harness, Map.of(AppendConnection.FIELD, huge));
      String id = harness.health.stats(StreamName.HEALTH).firstEntry();
      readByTheDead(harness, 1);
      die(harness, List.of(String.valueOf(id)), 3);
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(
              TestOutputs.number(
                  outputs.control(),
                  "SELECT COUNT(*) FROM dead_letter WHERE LENGTH(body) = 65536"
                      + " AND reason LIKE '%65536 of its 4194304 bytes%'"))
          .isEqualTo(1);
    }
  }

  /** It can neither be written nor kept: it is acknowledged, counted, and noted as lost. */
  @Test
  void entryWhoseLetterFindsNoRoomIsNotedAsLost() throws Exception {
    LetterQuota quota =
        new LetterQuota(
            new LetterSettings(1_000, DataSize.ofKilobytes(1), DataSize.ofKilobytes(1)),
            InstantSource.system(),
            new SimpleMeterRegistry());
    try (StreamHarness harness =
        new StreamHarness(
            RedisURI.create("127.0.0.1", TestRedis.sharedPort()),
            StreamHarness.delivering(8, Duration.ofSeconds(1)),
            outputs.stream(),
            new DeadLetters(outputs.control(), quota))) {
      List<AcceptedRecord> good = health("GOOD", 20);
      List<AcceptedRecord> bad = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        bad.add(SampleRecords.health("X".repeat(300), i));
      }
      List<AcceptedRecord> all = new ArrayList<>(good);
      all.addAll(7, bad);
      harness.append(all);
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(20);
      assertThat(harness.count(StreamMeter.DEAD, StreamName.HEALTH)).isEqualTo(1);
      assertThat(Objects.requireNonNull(quota.standings().get(Source.STREAM)).dropped())
          .isEqualTo(2);
      assertThat(
              new LostRecords(outputs.control())
                  .among(
                      DeliveryPath.STREAM,
                      all.stream().map(record -> record.acceptance().id()).toList()))
          .hasSize(2)
          .containsValue(LostRecords.How.LETTER_OVER_QUOTA);
    }
  }

  @Test
  void foreignEntryKeepsAllItsFieldsAndOneOfOursIsFoundWhereverItStands() throws Exception {
    try (StreamHarness harness = harness(8)) {
      Map<byte[], byte[]> foreign = new LinkedHashMap<>();
      foreign.put(bytes("sensor"), bytes("体温"));
      foreign.put(bytes("raw"), new byte[] {(byte) 0xff, 0});
      add(harness, foreign);
      Map<byte[], byte[]> ours = new LinkedHashMap<>();
      ours.put(bytes("trace"), bytes("abc"));
      ours.put(AppendConnection.FIELD, RecordCodec.encode(SampleRecords.health("TRACED", 1)));
      add(harness, ours);
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(1);
      assertThat(
              TestOutputs.number(
                  outputs.control(),
                  "SELECT COUNT(*) FROM dead_letter WHERE body_format = 'json' AND CONVERT(body"
                      + " USING utf8mb4) = '{\"sensor\":\"体温\",\"raw\":{\"base64\":\"/wA=\"}}'"))
          .isEqualTo(1);
    }
  }

  /** Two hundred of these make a reply of twelve megabytes. */
  @Test
  void entriesThatAreLargerThanWasKnownAreReadAFewAtATime() throws Exception {
    try (StreamHarness harness = harness(8)) {
      for (int i = 0; i < 200; i++) {
        add(harness, Map.of(bytes("large" + i), new byte[60_000]));
      }
      harness.append(health("AFTER", 50));
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(
              TestOutputs.number(
                  outputs.control(), "SELECT COUNT(*) FROM dead_letter WHERE LENGTH(body) > 60000"))
          .isEqualTo(200);
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(50);
    }
  }

  /** Whoever looks through what is pending would never come to an end otherwise. */
  @Test
  void pageOfWhatIsPendingBeginsAfterTheOneBefore() throws Exception {
    try (StreamHarness harness = harness(8)) {
      List<String> ids = harness.append(health("PAGES", 5));
      readByTheDead(harness, 5);
      StreamReader reader =
          new StreamReader(
              Kind.HEALTH, "dead", harness.links.link(), harness.settings, harness.budget);
      List<String> seen = new ArrayList<>();
      String after = StreamReader.FIRST;
      List<String> page;
      do {
        page =
            reader
                .pending(StreamName.HEALTH, after, /* own= */ true, 2)
                .toCompletableFuture()
                .get()
                .stream()
                .map(PendingMessage::getId)
                .toList();
        seen.addAll(page);
        after = page.isEmpty() ? after : page.getLast();
      } while (!page.isEmpty() && seen.size() <= ids.size());
      assertThat(seen).isEqualTo(ids);
      reader.disconnect();
    }
  }

  /** No value is named, and no outage either: others are taken, and it never. */
  @Test
  void entryThatATriggerRefusesHoldsUpNobodyForLong() throws Exception {
    try (StreamHarness harness = harness(8);
        Connection admin = TestDatabase.admin();
        Statement statement = admin.createStatement()) {
      statement.execute(
          ("CREATE TRIGGER %1$s.strict BEFORE INSERT ON %1$s.t_user_health_data FOR EACH ROW BEGIN"
                  + " IF NEW.device_sn = 'STRICT' THEN SIGNAL SQLSTATE '45000'; END IF; END")
              .formatted(schema()));
      List<AcceptedRecord> all = new ArrayList<>(health("GOOD", 60));
      all.add(30, SampleRecords.health("STRICT", 1));
      harness.append(all);
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(60);
      assertThat(harness.count(StreamMeter.DEAD, StreamName.HEALTH)).isEqualTo(1);
    }
  }

  /** It is the table's fault and not theirs, however long it lasts. */
  @Test
  void entriesInHandAreNotClaimedWhileTheTableIsLocked() throws Exception {
    Duration claimIdle = Duration.ofSeconds(3);
    try (StreamHarness harness =
        new StreamHarness(
            TestRedis.sharedPort(), StreamHarness.delivering(4, claimIdle), outputs)) {
      harness.groups.ensure(StreamName.HEALTH);
      try (Connection locking = TestDatabase.admin();
          Statement statement = locking.createStatement()) {
        statement.execute("LOCK TABLES " + schema() + ".t_user_health_data WRITE");
        harness.append(health("LOCKED", 100));
        harness.consume(Kind.HEALTH);
        harness.consume(Kind.HEALTH);
        await()
            .atMost(PATIENCE)
            .pollDelay(claimIdle.multipliedBy(5))
            .until(() -> harness.health.backlog(Kind.HEALTH).entries() == 100);
        assertThat(deliveries(harness)).isEqualTo(1);
        statement.execute("UNLOCK TABLES");
      }
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(100);
      assertThat(harness.count(StreamMeter.DEAD, StreamName.HEALTH)).isZero();
    }
  }

  @Test
  void deliveriesWhileTheDatabaseWasAwayDoNotCount() throws Exception {
    try (StreamHarness harness = harness(8)) {
      List<String> ids = harness.append(health("AWAY", 20));
      readByTheDead(harness, 20);
      die(harness, ids, 6);
      link.cut();
      harness.consume(Kind.HEALTH);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(deliveries(harness)).isEqualTo(1);
              });
      link.mend();
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(20);
    }
  }

  @Test
  void entryThatWasDeletedWhileItWasPendingIsForgotten() throws Exception {
    try (StreamHarness harness = harness(8)) {
      List<String> ids = harness.append(health("GONE", 10));
      readByTheDead(harness, 10);
      harness.links.text().xdel(harness.settings.key(StreamName.HEALTH), ids.get(3), ids.get(4));
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(8);
    }
  }

  private String schema() throws SQLException {
    try (Connection output = outputs.stream().getConnection()) {
      return output.getCatalog();
    }
  }

  private StreamHarness harness(int deliveries) {
    return new StreamHarness(
        TestRedis.sharedPort(), StreamHarness.delivering(deliveries, CLAIM_IDLE), outputs);
  }

  /** Of the oldest entry that is pending. */
  private static long deliveries(StreamHarness harness) {
    return Objects.requireNonNull(harness.health.stats(StreamName.HEALTH).oldestPending())
        .deliveries();
  }

  private static void add(StreamHarness harness, Map<byte[], byte[]> fields) throws Exception {
    harness.links.binary().xadd(bytes(harness.settings.key(StreamName.HEALTH)), fields).get();
  }

  private static void readByTheDead(StreamHarness harness, int count) {
    harness.groups.ensure(StreamName.HEALTH);
    assertThat(
            harness
                .links
                .text()
                .xreadgroup(
                    Consumer.from(StreamSettings.GROUP, "dead"),
                    XReadArgs.Builder.count(count),
                    harness.unread(StreamName.HEALTH)))
        .hasSize(count);
  }

  /** So many more processes get these entries and say nothing. */
  private static void die(StreamHarness harness, List<String> ids, int processes) {
    for (int i = 0; i < processes; i++) {
      harness
          .links
          .text()
          .xclaim(
              harness.settings.key(StreamName.HEALTH),
              Consumer.from(StreamSettings.GROUP, "dead" + i),
              new XClaimArgs().minIdleTime(0),
              ids.toArray(String[]::new));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<AcceptedRecord> health(String device, int count) {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < count; second++) {
      records.add(SampleRecords.health(device, second));
    }
    return records;
  }
}
