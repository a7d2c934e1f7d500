package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.process.LoopMeter;
import io.crossfade.db.process.LoopReport;
import io.lettuce.core.Consumer;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.XReadArgs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * A group that is not there is made, and is no failure: every first start on an empty Redis had
 * three stack traces and was DEGRADED for a moment.
 */
class MissingGroupIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** What an operator reads of this package and of its loops. */
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();

  private final Logger crossfade = (Logger) LoggerFactory.getLogger("io.crossfade");
  private TestOutputs outputs;

  @BeforeEach
  void open() {
    outputs = new TestOutputs(TestDatabase.newSchemas());
    said.start();
    crossfade.addAppender(said);
  }

  @AfterEach
  void close() {
    crossfade.detachAppender(said);
    outputs.close();
  }

  @Test
  void firstStartOnAnEmptyRedisFailsNowhere() throws Exception {
    try (StreamHarness harness = harness(2)) {
      for (Kind kind : Kind.values()) {
        harness.consume(kind);
      }
      for (StreamName stream : StreamName.values()) {
        await().atMost(PATIENCE).until(() -> harness.look.at(stream).ours().isPresent());
      }
      harness.append(health(0, 100));
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));

      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(100);
      assertThat(failures(harness)).isZero();
      assertThat(harness.loops.reports())
          .extracting(LoopReport::state)
          .containsOnly(LoopReport.State.ALIVE);
      assertThat(warnings()).isEmpty();
    }
  }

  @Test
  void groupThatIsDeletedUnderLoadIsMadeAgainAndSaidOnce() throws Exception {
    try (StreamHarness harness = harness(3)) {
      for (int i = 0; i < 3; i++) {
        harness.consume(Kind.HEALTH);
      }
      AtomicBoolean sending = new AtomicBoolean(true);
      try (var device = Executors.newSingleThreadExecutor()) {
        Future<Integer> sent = device.submit(() -> send(harness, sending));
        try {
          awaitRows(1_000);
          harness
              .links
              .text()
              .xgroupDestroy(harness.settings.key(StreamName.HEALTH), StreamSettings.GROUP);
          awaitRows(2_000 + TestOutputs.count(outputs.stream(), Kind.HEALTH));
        } finally {
          sending.set(false);
        }
        awaitRows(sent.get());
      }
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));

      assertThat(failures(harness)).isZero();
      assertThat(warnings()).singleElement().asString().contains("was gone", "health_data_stream");
    }
  }

  /** Also where nobody consumes here: upkeep makes groups, and knows one that it saw. */
  @Test
  void groupThatUpkeepFoundAndLostIsSaid() {
    try (StreamHarness before = harness(1)) {
      before.groups.ensure(StreamName.HEALTH);
      String key = before.settings.key(StreamName.HEALTH);
      StreamGroups started = new StreamGroups(before.links, before.settings);
      StreamUpkeep upkeep = before.upkeep(started);
      upkeep.round();
      assertThat(warnings()).isEmpty();
      before.links.text().del(key);
      upkeep.round();
      upkeep.round();
      assertThat(warnings()).singleElement().asString().contains("was gone", key);
    }
  }

  /** A group is not missing because a message happens to begin so. */
  @Test
  void nothingElseIsTakenForAMissingGroup() {
    assertThat(StreamGroups.saysMissing(new RedisCommandExecutionException("NOGROUP No such key")))
        .isTrue();
    assertThat(
            StreamGroups.saysMissing(
                new RedisCommandExecutionException("UNBLOCKED the stream key no longer exists")))
        .isTrue();
    assertThat(StreamGroups.saysMissing(new RedisCommandExecutionException("WRONGTYPE Operation")))
        .isFalse();
    assertThat(StreamGroups.saysMissing(new IllegalStateException("NOGROUP"))).isFalse();
  }

  /** A key that is no stream has no group either; that is a failure, and stays one. */
  @Test
  void keyThatIsNoStreamIsStillAFailure() {
    try (StreamHarness harness = harness(1)) {
      harness.links.text().set(harness.settings.key(StreamName.HEALTH), "no stream");
      harness.consume(Kind.HEALTH);
      await().atMost(PATIENCE).until(() -> failures(harness) > 1);
    }
  }

  /** What keeps a busy consumer's entries has nothing to keep without a group. */
  @Test
  void nothingIsKeptWithoutAGroup() {
    try (StreamHarness harness = harness(1)) {
      assertThat(harness.groups.keep(StreamName.HEALTH, "busy")).isZero();
      harness.links.text().xadd(harness.settings.key(StreamName.HEALTH), Map.of("r", "an entry"));
      assertThat(harness.groups.keep(StreamName.HEALTH, "busy")).isZero();
      harness.groups.ensure(StreamName.HEALTH);
      harness
          .links
          .text()
          .xreadgroup(
              Consumer.from(StreamSettings.GROUP, "busy"),
              XReadArgs.Builder.count(1),
              harness.unread(StreamName.HEALTH));
      assertThat(harness.groups.keep(StreamName.HEALTH, "busy")).isEqualTo(1);
    }
  }

  private StreamHarness harness(int maxConsumers) {
    return new StreamHarness(
        TestRedis.sharedPort(), StreamHarness.settings(false, maxConsumers), outputs);
  }

  /** Uploads as fast as they are confirmed, and says how many records these were. */
  private static int send(StreamHarness harness, AtomicBoolean sending) throws Exception {
    int sent = 0;
    while (sending.get()) {
      harness.append(health(sent, 50));
      sent += 50;
    }
    return sent;
  }

  private void awaitRows(long count) {
    await().atMost(PATIENCE).until(() -> TestOutputs.count(outputs.stream(), Kind.HEALTH) >= count);
  }

  private static double failures(StreamHarness harness) {
    return harness.meters.find(LoopMeter.FAILURES.id()).functionCounters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private List<String> warnings() {
    return List.copyOf(said.list).stream()
        .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static List<AcceptedRecord> health(int from, int count) {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = from; second < from + count; second++) {
      records.add(SampleRecords.health("GROUP", second));
    }
    return records;
  }
}
