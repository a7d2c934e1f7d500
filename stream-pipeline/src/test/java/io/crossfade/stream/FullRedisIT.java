package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.lettuce.core.Consumer;
import io.lettuce.core.XGroupCreateArgs;
import io.lettuce.core.XReadArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Redis does not fill by what is done with, and one that is full is emptied. */
class FullRedisIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final DataSize UNLIMITED = DataSize.ofTerabytes(1);

  private TestOutputs outputs;

  @BeforeEach
  void open() {
    outputs = new TestOutputs(TestDatabase.newSchemas());
  }

  @AfterEach
  void close() {
    outputs.close();
  }

  /** Redis removes 10,000 entries at a call unless it is told otherwise. */
  @Test
  void oneRoundTrimsAllThatIsDue() throws Exception {
    try (StreamHarness harness = keeping(Duration.ofMillis(1), UNLIMITED)) {
      List<String> ids = new ArrayList<>();
      for (int from = 0; from < 35_000; from += 5_000) {
        ids.addAll(harness.append(health(from, 5_000)));
      }
      allDelivered(harness);
      harness.upkeep().round();
      assertThat(harness.count(StreamMeter.TRIMMED, StreamName.HEALTH)).isEqualTo(34_999);
      assertThat(harness.health.stats(StreamName.HEALTH).firstEntry())
          .as("what was delivered last marks the place")
          .isEqualTo(ids.getLast());
    }
  }

  @Test
  void streamTakesNoMoreThanItsShare() throws Exception {
    DataSize share = DataSize.ofKilobytes(500);
    try (StreamHarness harness = keeping(Duration.ofHours(24), share)) {
      harness.consume(Kind.HEALTH);
      StreamUpkeep upkeep = harness.upkeep();
      for (int from = 0; from < 30_000; from += 3_000) {
        harness.append(health(from, 3_000));
        await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
        // Redis looks at five nodes of a stream to say what all of it takes: one round may be off.
        await("after %d entries".formatted(from + 3_000))
            .atMost(PATIENCE)
            .until(
                () -> {
                  upkeep.round();
                  return harness.groups.bytes(StreamName.HEALTH) < share.toBytes() * 11 / 10;
                });
      }
      assertThat(harness.health.stats(StreamName.HEALTH).length()).isGreaterThan(500);
    }
  }

  @Test
  void whatAGroupHasNotDoneIsKeptWhateverItTakes() throws Exception {
    try (StreamHarness harness = keeping(Duration.ofMillis(1), DataSize.ofBytes(1))) {
      List<String> ids = harness.append(health(0, 2_000));
      String key = harness.settings.key(StreamName.HEALTH);
      harness.upkeep().round();
      assertThat(length(harness)).as("nobody has read").isEqualTo(2_000);

      allDelivered(harness);
      harness
          .links
          .text()
          .xgroupCreate(
              XReadArgs.StreamOffset.from(key, ids.get(299)),
              "somebody else's",
              XGroupCreateArgs.Builder.mkstream(false));
      harness.upkeep().round();
      assertThat(harness.health.stats(StreamName.HEALTH).firstEntry()).isEqualTo(ids.get(299));

      harness
          .links
          .text()
          .xreadgroup(
              Consumer.from("somebody else's", "slow"),
              XReadArgs.Builder.count(1_700),
              harness.unread(StreamName.HEALTH));
      harness
          .links
          .text()
          .xack(key, "somebody else's", ids.subList(300, 900).toArray(String[]::new));
      harness.upkeep().round();
      assertThat(harness.health.stats(StreamName.HEALTH).firstEntry()).isEqualTo(ids.get(900));

      harness.links.text().xgroupDestroy(key, "somebody else's");
      harness.upkeep().round();
      assertThat(length(harness)).isEqualTo(1);
    }
  }

  /** Nobody else would make room. */
  @Test
  void consumerThatStartsWhileRedisIsFullConsumes() throws Exception {
    try (TestRedis redis = new TestRedis();
        StreamHarness harness =
            new StreamHarness(
                redis.port(), StreamHarness.keeping(Duration.ofMillis(1), UNLIMITED), outputs)) {
      harness.append(health(0, 1_000));
      harness.upkeep().round();
      harness
          .links
          .text()
          .xreadgroup(
              Consumer.from(StreamSettings.GROUP, "dead"),
              XReadArgs.Builder.count(120),
              harness.unread(StreamName.HEALTH));
      redis.command(admin -> admin.configSet("maxmemory", "1"));
      assertThatThrownBy(() -> harness.append(health(1_000, 1))).hasMessageContaining("OOM");

      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(1_000);
      harness.upkeep().round();
      assertThat(length(harness)).isEqualTo(1);
    }
  }

  /** It was lost with a fail-over, say, or nobody has consumed yet. */
  @Test
  void groupIsMadeWhileRedisIsFull() throws Exception {
    try (TestRedis redis = new TestRedis();
        StreamHarness harness =
            new StreamHarness(
                redis.port(), StreamHarness.keeping(Duration.ofMillis(1), UNLIMITED), outputs)) {
      harness.append(health(0, 500));
      redis.command(admin -> admin.configSet("maxmemory", "1"));
      String key = harness.settings.key(StreamName.HEALTH);
      assertThatThrownBy(
              () ->
                  harness
                      .links
                      .text()
                      .xgroupCreate(XReadArgs.StreamOffset.from(key, "0"), "another"))
          .hasMessageContaining("OOM");

      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(500);
      harness.groups.ensure(StreamName.HEALTH);
      harness.upkeep().round();
      assertThat(length(harness)).as("what is written makes room").isEqualTo(1);
    }
  }

  @Test
  void shareOfAStreamComesFromWhatRedisMayUse() {
    assertThat(RedisMemory.parse("maxmemory:1000\r\ntotal_system_memory:9000\r\n").share(4))
        .isEqualTo(200);
    assertThat(RedisMemory.parse("maxmemory:0\r\ntotal_system_memory:10000\r\n").share(4))
        .isEqualTo(1_000);
    assertThat(RedisMemory.parse("").share(4)).isEqualTo(Long.MAX_VALUE);
  }

  private StreamHarness keeping(Duration retention, DataSize maxBytes) {
    return new StreamHarness(
        TestRedis.sharedPort(), StreamHarness.keeping(retention, maxBytes), outputs);
  }

  private static long length(StreamHarness harness) {
    return harness.health.stats(StreamName.HEALTH).length();
  }

  /** As if all had been read and acknowledged. */
  private static void allDelivered(StreamHarness harness) {
    harness.groups.ensure(StreamName.HEALTH);
    harness
        .links
        .text()
        .xgroupSetid(
            XReadArgs.StreamOffset.from(harness.settings.key(StreamName.HEALTH), "$"),
            StreamSettings.GROUP);
  }

  private static List<AcceptedRecord> health(int from, int count) {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = from; second < from + count; second++) {
      records.add(SampleRecords.health("FULL", second));
    }
    return records;
  }
}
