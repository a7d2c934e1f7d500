package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.HealthData;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.lettuce.core.Consumer;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.XReadArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Figures that stay true when a clock was wrong, or Redis reckons wrongly. */
class StreamFiguresIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration RETENTION = Duration.ofMinutes(30);
  private static final Duration HOUR = Duration.ofHours(1);

  private TestOutputs outputs;

  @BeforeEach
  void open() {
    outputs = new TestOutputs(TestDatabase.newSchemas());
  }

  @AfterEach
  void close() {
    outputs.close();
  }

  /** Redis' clock was a year ahead for a moment: every id since then is from that year. */
  @Test
  void idFromTheFutureHidesNoAge() throws Exception {
    try (StreamHarness harness = harness()) {
      addFromTheFuture(harness, accepted(HOUR, 1).getFirst());
      harness.append(accepted(Duration.ZERO, 1));
      assertThat(harness.health.backlogAge(Kind.HEALTH)).isGreaterThanOrEqualTo(HOUR);

      StreamHealth.Stats stats = harness.health.stats(StreamName.HEALTH);
      assertThat(stats.oldestUnacknowledgedMillis()).isGreaterThanOrEqualTo(HOUR.toMillis());
      assertThat(stats.aheadMillis()).isGreaterThan(Duration.ofDays(300).toMillis());
      assertThat(harness.health.stats(StreamName.DEVICE).aheadMillis()).isZero();
      assertThat(RedisPreflight.check(harness.links.text(), harness.settings.keys()))
          .extracting(RedisPreflight.Finding::message)
          .anyMatch(message -> message.contains(harness.settings.key(StreamName.HEALTH)));

      StreamUpkeep upkeep = harness.upkeep();
      upkeep.round();
      assertThat(gauge(harness, StreamMeter.AHEAD)).isGreaterThan(300 * 86_400.0);
      assertThat(gauge(harness, StreamMeter.OLDEST_UNACKNOWLEDGED)).isGreaterThanOrEqualTo(3_600);
      assertThat(gauge(harness, StreamMeter.OVERDUE)).isGreaterThanOrEqualTo(1_800);
    }
  }

  @Test
  void entriesWithIdsFromTheFutureAreTrimmedByTheirAcceptance() throws Exception {
    try (StreamHarness harness = harness()) {
      addFromTheFuture(harness, accepted(HOUR, 1).getFirst());
      harness.append(accepted(HOUR, 1_200));
      List<String> young = harness.append(accepted(Duration.ZERO, 50));
      harness.groups.ensure(StreamName.HEALTH);
      assertThat(harness.trim(StreamName.HEALTH)).as("nobody has read them").isZero();
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      assertThat(harness.trim(StreamName.HEALTH)).isEqualTo(1_201);
      assertThat(harness.health.stats(StreamName.HEALTH).firstEntry()).isEqualTo(young.getFirst());
    }
  }

  /** Redis#13336: what a replica reckons of the lag grows, and stays when it takes over. */
  @Test
  void whatWaitsIsCountedAfterAFailOver() throws Exception {
    try (TestRedis master = new TestRedis();
        TestRedis replica = new TestRedis();
        StreamHarness before = new StreamHarness(master.port(), settings(), outputs)) {
      before.groups.ensure(StreamName.HEALTH);
      before.append(accepted(Duration.ZERO, 1));
      read(before, 1);
      replica.command(admin -> admin.replicaof("127.0.0.1", master.port()));
      replica.command(
          admin ->
              await()
                  .atMost(PATIENCE)
                  .until(() -> admin.info("replication").contains("master_link_status:up")));
      before.append(accepted(Duration.ZERO, 3_000));
      read(before, 3_000);
      assertThat(before.links.text().waitForReplication(1, 0)).isEqualTo(1);
      replica.command(admin -> admin.replicaofNoOne());
      try (StreamHarness after = new StreamHarness(replica.port(), before.settings, outputs)) {
        assertThat(after.health.stats(StreamName.HEALTH).lag()).isZero();
        assertThat(after.health.waiting(StreamName.HEALTH, 5_000)).isZero();
        after.append(accepted(Duration.ZERO, 1_234));
        assertThat(after.health.stats(StreamName.HEALTH).lag()).isEqualTo(1_234);
        assertThat(after.health.waiting(StreamName.HEALTH, 1_001)).isEqualTo(1_001);
        assertThat(after.health.backlog(Kind.HEALTH).entries()).isEqualTo(3_001 + 1_234);
      }
    }
  }

  /** Deleted entries are what Redis' own reckoning does not know what to do with. */
  @Test
  void deletedEntriesDoNotWait() throws Exception {
    try (StreamHarness harness = harness()) {
      harness.groups.ensure(StreamName.HEALTH);
      List<String> ids = harness.append(accepted(Duration.ZERO, 700));
      read(harness, 100);
      harness
          .links
          .text()
          .xdel(
              harness.settings.key(StreamName.HEALTH),
              ids.subList(300, 700).toArray(String[]::new));
      assertThat(harness.health.stats(StreamName.HEALTH).lag()).isEqualTo(200);
    }
  }

  @Test
  void entryThatStaysPendingIsNamedWithItsConsumer() throws Exception {
    try (StreamHarness harness = harness()) {
      harness.groups.ensure(StreamName.HEALTH);
      List<String> ids = harness.append(accepted(HOUR, 2));
      read(harness, 1);
      StreamHealth.Stuck stuck =
          Objects.requireNonNull(harness.health.stats(StreamName.HEALTH).oldestPending());
      assertThat(stuck.entry()).isEqualTo(ids.getFirst());
      assertThat(stuck.consumer()).isEqualTo("somebody");
      assertThat(stuck.deliveries()).isEqualTo(1);
      assertThat(stuck.ageMillis()).isGreaterThanOrEqualTo(HOUR.toMillis());
      assertThat(stuck.holdsUpTrimming()).as("it is older than the retention").isTrue();
      harness.upkeep().round();
      assertThat(gauge(harness, StreamMeter.DELIVERIES)).isEqualTo(1);
      assertThat(gauge(harness, StreamMeter.OLDEST_PENDING)).isGreaterThanOrEqualTo(3_600);
    }
  }

  @Test
  void everyConsumerIsNamedWithItsOldestEntry() throws Exception {
    try (StreamHarness harness = harness()) {
      assertThat(harness.health.details())
          .allSatisfy(
              stream -> {
                assertThat(stream.members()).isEmpty();
                assertThat(stream.firstEntryMillis()).isNull();
              });
      harness.groups.ensure(StreamName.HEALTH);
      List<String> ids = harness.append(accepted(HOUR, 5));
      read(harness, "slow", 2);
      read(harness, "quick", 1);
      read(harness, "done", 1);
      String key = harness.settings.key(StreamName.HEALTH);
      harness.links.text().xack(key, StreamSettings.GROUP, ids.get(3));
      harness.links.text().xclaim(key, Consumer.from(StreamSettings.GROUP, "slow"), 0, ids.get(1));
      harness.links.text().xgroupCreate(XReadArgs.StreamOffset.from(key, "0"), "somebody else's");

      StreamHealth.Detail detail = detail(harness);
      assertThat(Objects.requireNonNull(detail.firstEntryMillis()))
          .isGreaterThanOrEqualTo(HOUR.toMillis());
      assertThat(detail.members())
          .extracting(StreamHealth.Member::consumer, StreamHealth.Member::pending)
          .containsExactly(tuple("slow", 2L), tuple("quick", 1L), tuple("done", 0L));
      StreamHealth.Stuck slow = Objects.requireNonNull(detail.members().get(0).oldest());
      assertThat(slow).isEqualTo(withIdle(slow, detail.stats().oldestPending()));
      assertThat(slow.entry()).isEqualTo(ids.getFirst());
      assertThat(slow.holdsUpTrimming()).isTrue();
      StreamHealth.Stuck quick = Objects.requireNonNull(detail.members().get(1).oldest());
      assertThat(quick.entry()).isEqualTo(ids.get(2));
      assertThat(quick.holdsUpTrimming()).isFalse();
      assertThat(detail.members().get(2).oldest()).isNull();
      assertThat(detail.groups())
          .extracting(StreamHealth.Group::name, StreamHealth.Group::holdsUpTrimming)
          .containsExactlyInAnyOrder(
              tuple(StreamSettings.GROUP, true), tuple("somebody else's", true));
    }
  }

  /** Somebody removed it from the stream, and still nothing after it is trimmed. */
  @Test
  void entryThatIsGoneAndStaysPendingHoldsUpTrimming() throws Exception {
    try (StreamHarness harness = harness()) {
      harness.groups.ensure(StreamName.HEALTH);
      List<String> ids = harness.append(accepted(HOUR, 3));
      read(harness, 3);
      String key = harness.settings.key(StreamName.HEALTH);
      harness.links.text().xack(key, StreamSettings.GROUP, ids.get(1), ids.get(2));
      harness.links.text().xdel(key, ids.getFirst());
      assertThat(harness.trim(StreamName.HEALTH)).isZero();
      StreamHealth.Stuck stuck = Objects.requireNonNull(detail(harness).stats().oldestPending());
      assertThat(stuck.entry()).isEqualTo(ids.getFirst());
      assertThat(stuck.holdsUpTrimming()).isTrue();
    }
  }

  private static StreamHealth.Detail detail(StreamHarness harness) {
    String key = harness.settings.key(StreamName.HEALTH);
    return harness.health.details().stream()
        .filter(stream -> stream.stats().stream().equals(key))
        .findFirst()
        .orElseThrow();
  }

  /** The same entry a moment later. */
  private static StreamHealth.Stuck withIdle(
      StreamHealth.Stuck like, StreamHealth.@Nullable Stuck stuck) {
    StreamHealth.Stuck other = Objects.requireNonNull(stuck);
    return new StreamHealth.Stuck(
        other.entry(),
        other.consumer(),
        like.idleMillis(),
        other.deliveries(),
        like.ageMillis(),
        other.holdsUpTrimming());
  }

  private StreamHarness harness() {
    return new StreamHarness(TestRedis.sharedPort(), settings(), outputs);
  }

  private static StreamSettings settings() {
    return StreamHarness.keeping(RETENTION, DataSize.ofBytes(0));
  }

  private static double gauge(StreamHarness harness, StreamMeter meter) {
    return harness.meters.get(meter.id()).tag("stream", StreamName.HEALTH.key()).gauge().value();
  }

  /** Accepted so long ago. */
  private static List<HealthData> accepted(Duration ago, int count) {
    long stamp = AcceptanceStamp.floor(Instant.now().minus(ago));
    List<HealthData> records =
        new SampleRecords(count, stamp)
            .crowded(5 * count + 50).stream()
                .filter(HealthData.class::isInstance)
                .map(HealthData.class::cast)
                .limit(count)
                .toList();
    assertThat(records).hasSize(count);
    return records;
  }

  private static void addFromTheFuture(StreamHarness harness, AcceptedRecord accepted)
      throws Exception {
    harness
        .links
        .binary()
        .xadd(
            harness.settings.key(StreamName.HEALTH).getBytes(StandardCharsets.UTF_8),
            new XAddArgs().id(Instant.now().plus(Duration.ofDays(365)).toEpochMilli() + "-0"),
            Map.of(AppendConnection.FIELD, RecordCodec.encode(accepted)))
        .get();
  }

  private static void read(StreamHarness harness, int count) {
    read(harness, "somebody", count);
  }

  private static void read(StreamHarness harness, String consumer, int count) {
    assertThat(
            harness
                .links
                .text()
                .xreadgroup(
                    Consumer.from(StreamSettings.GROUP, consumer),
                    XReadArgs.Builder.count(count),
                    harness.unread(StreamName.HEALTH)))
        .hasSize(count);
  }
}
