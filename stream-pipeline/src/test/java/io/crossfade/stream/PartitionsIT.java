package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.lettuce.core.Consumer;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XClaimArgs;
import io.lettuce.core.XReadArgs;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams that are cut by the devices' buckets, and cut otherwise while devices send. */
class PartitionsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration DAY = Duration.ofHours(24);

  /** Records of later seconds are appended after a switch. */
  private static final int LATER = 10_000;

  private final String prefix = TestRedis.newPrefix();
  private TestOutputs outputs;

  @BeforeEach
  void open() {
    outputs = new TestOutputs(TestDatabase.newSchemas());
  }

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void eachDeviceIsInOnePartitionAndInOrder() throws Exception {
    try (StreamHarness harness = cutInto(4)) {
      List<AcceptedRecord> records = health(60, 0, 20);
      harness.append(records);

      Map<String, String> keys = new TreeMap<>();
      Map<String, List<LocalDateTime>> times = new TreeMap<>();
      for (StreamName stream : harness.layouts.all(Kind.HEALTH)) {
        for (AcceptedRecord entry : entries(harness, stream)) {
          assertThat(keys.put(entry.deviceSn(), stream.key())).isIn(null, stream.key());
          times
              .computeIfAbsent(entry.deviceSn(), first -> new ArrayList<>())
              .add(entry.timestamp());
        }
      }
      assertThat(keys).hasSize(60);
      assertThat(keys.values())
          .contains(
              "health_data_stream:{00}",
              "health_data_stream:{01}",
              "health_data_stream:{02}",
              "health_data_stream:{03}");
      assertThat(times.values()).allSatisfy(of -> assertThat(of).hasSize(20).isSorted());
      assertThat(exists(harness, StreamName.HEALTH)).isFalse();

      StreamUpkeep upkeep = harness.upkeep();
      upkeep.round();
      assertThat(gauge(harness, StreamMeter.LENGTH)).isEqualTo(1_200);
      assertThat(gauge(harness, StreamMeter.WAITING)).isEqualTo(1_200);
      assertThat(gauge(harness, StreamMeter.OLDEST_UNACKNOWLEDGED)).isPositive();
      assertThat(harness.health.backlog(Kind.HEALTH).entries()).isEqualTo(1_200);

      harness.consume(Kind.HEALTH);
      awaitDrained(harness);
      upkeep.round();
      assertThat(gauge(harness, StreamMeter.WAITING)).isZero();
      assertThat(gauge(harness, StreamMeter.OLDEST_UNACKNOWLEDGED)).isZero();
      assertThat(rows()).isEqualTo(1_200);
      assertThat(harness.count(StreamMeter.APPENDED, StreamName.HEALTH)).isEqualTo(1_200);
      assertThat(harness.count(StreamMeter.WRITTEN, StreamName.HEALTH)).isEqualTo(1_200);
      assertThat(harness.health.stats())
          .filteredOn(stats -> stats.stream().contains("health"))
          .hasSize(4)
          .allSatisfy(stats -> assertThat(stats.pending() + stats.lag()).isZero());
    }
  }

  @Test
  void urgentEventsOfAllPartitionsAreWrittenBeforeAllOthers() throws Exception {
    try (StreamHarness harness = cutInto(4)) {
      List<AcceptedRecord> events = new ArrayList<>();
      for (int second = 0; second < 100; second++) {
        for (int device = 0; device < 30; device++) {
          events.add(SampleRecords.event("E" + device, second, false));
        }
      }
      harness.append(events);
      List<AcceptedRecord> urgent = new ArrayList<>();
      for (int device = 0; device < 30; device++) {
        urgent.add(SampleRecords.event("E" + device, 500, true));
      }
      harness.append(urgent);
      harness.consume(Kind.EVENT);
      awaitDrained(harness);
      assertThat(TestOutputs.count(outputs.stream(), Kind.EVENT)).isEqualTo(3_030);
      assertThat(
              TestOutputs.number(
                  outputs.stream(),
                  "SELECT COUNT(*) FROM t_common_event WHERE event_type <> 'SOS_EVENT' AND"
                      + " written_at < (SELECT MAX(written_at) FROM t_common_event WHERE"
                      + " event_type = 'SOS_EVENT')"))
          .isZero();
    }
  }

  @Test
  void poisonOfOnePartitionHoldsUpNone() throws Exception {
    try (StreamHarness harness = cutInto(4)) {
      harness.append(health(40, 0, 10));
      StreamName partition = harness.layouts.all(Kind.HEALTH).get(2);
      harness.groups.ensure(partition);
      List<String> read =
          harness
              .links
              .text()
              .xreadgroup(
                  Consumer.from(StreamSettings.GROUP, "dead"),
                  XReadArgs.Builder.count(1_000),
                  harness.unread(partition))
              .stream()
              .map(StreamMessage::getId)
              .toList();
      harness
          .links
          .text()
          .xclaim(
              harness.settings.key(partition),
              Consumer.from(StreamSettings.GROUP, "dead"),
              new XClaimArgs().justid().retryCount(8),
              read.get(5));
      harness.consume(Kind.HEALTH);
      awaitDrained(harness);
      assertThat(rows()).isEqualTo(399);
      assertThat(
              TestOutputs.number(
                  outputs.control(), "SELECT COUNT(*) FROM dead_letter WHERE source = 'STREAM'"))
          .isEqualTo(1);
      assertThat(harness.count(StreamMeter.DEAD, StreamName.HEALTH)).isEqualTo(1);
    }
  }

  @Test
  void eachPartitionIsTrimmed() throws Exception {
    StreamSettings settings = StreamHarness.partitioned(prefix, 3, SECOND, Duration.ofMillis(1));
    try (StreamHarness harness = new StreamHarness(TestRedis.sharedPort(), settings, outputs)) {
      harness.append(health(30, 0, 20));
      StreamUpkeep upkeep = harness.upkeep();
      upkeep.round();
      assertThat(gauge(harness, StreamMeter.LENGTH)).as("nobody has read it").isEqualTo(600);
      harness.consume(Kind.HEALTH);
      awaitDrained(harness);
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                upkeep.round();
                return gauge(harness, StreamMeter.LENGTH) <= 3;
              });
      assertThat(harness.count(StreamMeter.TRIMMED, StreamName.HEALTH)).isBetween(597.0, 600.0);
      assertThat(rows()).isEqualTo(600);
    }
  }

  /** As it is without the setting: nobody who looks at Redis sees anything of it. */
  @Test
  void onePartitionSaysNothingAndHasTodaysKeys() throws Exception {
    try (StreamHarness harness = cutInto(1)) {
      harness.append(health(5, 0, 5));
      assertThat(harness.health.stats())
          .extracting(StreamHealth.Stats::stream)
          .containsExactlyElementsOf(
              StreamName.values().stream().map(harness.settings::key).toList());
      assertThat(harness.links.text().keys(prefix + "*"))
          .containsExactly(prefix + "health_data_stream");
    }
  }

  /** Most of what waits is in the former partitions; later entries of the devices are alone. */
  @Test
  void whatADeviceSentBeforeAChangeOfPartitionsIsWrittenBeforeWhatItSendsThen() throws Exception {
    for (int[] change : new int[][] {{1, 4}, {2, 5}, {5, 2}, {3, 1}}) {
      String own = TestRedis.newPrefix();
      TestOutputs fresh = new TestOutputs(TestDatabase.newSchemas());
      try (StreamHarness before = harness(own, change[0], PATIENCE, fresh)) {
        before.append(health(50, 0, 120));
        try (StreamHarness after = harness(own, change[1], PATIENCE, fresh)) {
          after.append(health(50, LATER, 2));
          after.consume(Kind.HEALTH);
          after.consume(Kind.HEALTH);
          awaitDrained(after);
          assertThat(TestOutputs.count(fresh.stream(), Kind.HEALTH)).isEqualTo(6_100);
          assertThat(overtaken(fresh)).as("%d to %d", change[0], change[1]).isZero();
        }
      } finally {
        fresh.close();
      }
    }
  }

  /** Of a former partition: its reader is dead, and what it has nobody can decide about. */
  @Test
  void entryThatStaysPendingHoldsUpLaterOnesForAWhileOnly() throws Exception {
    try (StreamHarness before = cutInto(2)) {
      before.append(health(20, 0, 5));
      StreamName partition = before.layouts.all(Kind.HEALTH).getFirst();
      before.groups.ensure(partition);
      before
          .links
          .text()
          .xreadgroup(
              Consumer.from(StreamSettings.GROUP, "stuck"),
              XReadArgs.Builder.count(1),
              before.unread(partition));
      try (StreamHarness after = cutInto(5);
          ExecutorService other = Executors.newSingleThreadExecutor()) {
        AtomicBoolean over = new AtomicBoolean();
        Future<?> alive =
            other.submit(
                () -> {
                  while (!over.get()) {
                    before.groups.keep(partition, "stuck");
                  }
                });
        after.append(health(20, LATER, 5));
        after.consume(Kind.HEALTH);
        await().atMost(PATIENCE).until(() -> rows() == 199);
        over.set(true);
        alive.get();
        awaitDrained(after);
        assertThat(rows()).isEqualTo(200);
      }
    }
  }

  @Test
  void routersOfDifferentSettingsStrandNothing() throws Exception {
    try (StreamHarness one = cutInto(1);
        StreamHarness two = cutInto(2);
        StreamHarness five = cutInto(5)) {
      five.consume(Kind.HEALTH);
      for (int round = 0; round < 5; round++) {
        one.append(health(20, round * 30, 10));
        two.append(health(20, round * 30 + 10, 10));
        five.append(health(20, round * 30 + 20, 10));
      }
      awaitDrained(five);
      assertThat(rows()).isEqualTo(3_000);
      assertThat(one.health.drained()).isTrue();

      // It was silent for long, and still cuts as nobody else does.
      five.stopConsumers();
      two.append(health(20, 500, 10));
      assertThat(five.health.drained()).isFalse();
      assertThat(one.health.backlog(Kind.HEALTH).entries()).isEqualTo(200);
      five.consume(Kind.HEALTH);
      awaitDrained(five);
      assertThat(rows()).isEqualTo(3_200);

      five.stopConsumers();
      five.append(health(20, 600, 10));
      one.consume(Kind.HEALTH);
      awaitDrained(one);
      assertThat(rows()).isEqualTo(3_400);
    }
  }

  @Test
  void growingAndShrinkingUnderLoadLosesNothingWhoeverIsKilled() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    List<Integer> accepted = new ArrayList<>();
    try (ExecutorService devices = Executors.newSingleThreadExecutor()) {
      int second = 0;
      ConsumingProcess worker = worker(2);
      try {
        for (int partitions : new int[] {2, 5, 1}) {
          try (StreamHarness router = cutInto(partitions)) {
            over.set(false);
            int from = second;
            Future<Integer> load = devices.submit(() -> send(router, from, over));
            long had = rows();
            await().atMost(PATIENCE).until(() -> rows() > had);
            worker.close();
            ConsumingProcess next = worker(partitions);
            worker = next;
            long has = rows();
            await().atMost(PATIENCE).until(() -> rows() > has + 500);
            over.set(true);
            second = load.get();
            accepted.add(second - from);
          }
        }
        try (StreamHarness router = cutInto(1)) {
          awaitDrained(router);
          assertThat(rows()).isEqualTo(accepted.stream().mapToInt(Integer::intValue).sum() * 20L);
          assertThat(router.health.stats())
              .allSatisfy(stats -> assertThat(stats.pending() + stats.lag()).isZero());
          assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM dead_letter"))
              .isZero();
        }
      } finally {
        over.set(true);
        worker.close();
      }
    }
  }

  /** Twenty devices, a second of each at a time, until it is over; returns the next second. */
  private static int send(StreamHarness router, int from, AtomicBoolean over) throws Exception {
    int second = from;
    while (!over.get()) {
      router.append(health(20, second++, 1));
    }
    return second;
  }

  private ConsumingProcess worker(int partitions) {
    return new ConsumingProcess(TestRedis.sharedPort(), prefix, partitions, outputs.settings());
  }

  /** Devices of which a row was written after one of a later second. */
  private static long overtaken(TestOutputs outputs) {
    return TestOutputs.number(
        outputs.stream(),
        "SELECT COUNT(*) FROM (SELECT device_sn, MAX(IF(`timestamp` < '2025-09-14 10:00:00',"
            + " written_at, NULL)) AS earlier, MIN(IF(`timestamp` > '2025-09-14 10:00:00',"
            + " written_at, NULL)) AS later FROM t_user_health_data GROUP BY device_sn) AS device"
            + " WHERE later < earlier");
  }

  private StreamHarness cutInto(int partitions) {
    return harness(prefix, partitions, SECOND, outputs);
  }

  private static StreamHarness harness(
      String prefix, int partitions, Duration claimIdle, TestOutputs outputs) {
    return new StreamHarness(
        TestRedis.sharedPort(),
        StreamHarness.partitioned(prefix, partitions, claimIdle, DAY),
        outputs);
  }

  private static List<AcceptedRecord> health(int devices, int from, int seconds) {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = from; second < from + seconds; second++) {
      for (int device = 0; device < devices; device++) {
        records.add(SampleRecords.health("SN-" + device, second));
      }
    }
    return records;
  }

  private static List<AcceptedRecord> entries(StreamHarness harness, StreamName stream)
      throws Exception {
    List<AcceptedRecord> entries = new ArrayList<>();
    for (StreamMessage<byte[], byte[]> entry :
        harness
            .links
            .binary()
            .xrange(StreamReader.bytes(harness.settings.key(stream)), Range.unbounded())
            .get()) {
      entries.add(RecordCodec.decode(entry.getBody().values().iterator().next()));
    }
    return entries;
  }

  private static boolean exists(StreamHarness harness, StreamName stream) {
    return harness.links.text().exists(harness.settings.key(stream)) == 1;
  }

  private long rows() {
    return TestOutputs.count(outputs.stream(), Kind.HEALTH);
  }

  private static void awaitDrained(StreamHarness harness) {
    await().atMost(PATIENCE).until(harness.health::drained);
  }

  private static double gauge(StreamHarness harness, StreamMeter meter) {
    return harness.meters.get(meter.id()).tag("stream", "health_data_stream").gauge().value();
  }
}
