package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SampleRecords;
import io.lettuce.core.StreamMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StreamDecisionsTest {

  @Test
  void slowBatchHalvesTheSizeAndFastFullOnesLetItGrow() {
    AdaptiveBatch batch = new AdaptiveBatch();
    assertThat(batch.size()).isEqualTo(200);
    for (int i = 0; i < 10; i++) {
      batch.wrote(batch.size(), Duration.ofMillis(30));
    }
    assertThat(batch.size()).isEqualTo(500);
    batch.wrote(500, Duration.ofMillis(2_001));
    assertThat(batch.size()).isEqualTo(250);
    batch.wrote(10, Duration.ofMillis(5));
    assertThat(batch.size()).as("a batch that was not full says nothing").isEqualTo(250);
    for (int i = 0; i < 10; i++) {
      batch.wrote(batch.size(), Duration.ofSeconds(9));
    }
    assertThat(batch.size()).isEqualTo(AdaptiveBatch.LEAST);
  }

  /** A copy's row may be late: nobody waits for it, and a full batch costs least. */
  @Test
  void servedEntriesAreReadFromOneStatementsWorthOn() {
    AdaptiveBatch batch = new AdaptiveBatch();
    assertThat(batch.worthARead(true)).isEqualTo(100);
    assertThat(batch.worthARead(false)).isEqualTo(200);
    for (int i = 0; i < 10; i++) {
      batch.wrote(batch.size(), Duration.ofSeconds(9));
    }
    assertThat(batch.worthARead(true)).as("no more than are read").isEqualTo(AdaptiveBatch.LEAST);
  }

  @Test
  void batchIsServedUnlessAllOfItAreCopies() {
    AcceptedRecord served = SampleRecords.health("SERVED", 1).because(RouteReason.FLAG);
    AcceptedRecord copy = SampleRecords.health("COPY", 2).because(RouteReason.MIRROR);
    assertThat(batch(copy, copy).served()).isFalse();
    assertThat(batch(copy, served).served()).isTrue();
  }

  private static EntryBatch batch(AcceptedRecord... records) {
    byte[] key = {'k'};
    List<StreamMessage<byte[], byte[]>> messages = new ArrayList<>();
    for (AcceptedRecord accepted : records) {
      Map<byte[], byte[]> body = Map.of(AppendConnection.FIELD, RecordCodec.encode(accepted));
      messages.add(new StreamMessage<>(key, messages.size() + "-0", body));
    }
    return EntryBatch.of(List.of(StreamName.HEALTH), stream -> "k", messages).getFirst();
  }

  @Test
  void oneConsumerAlwaysRunsMoreWhileMuchWaitsFewerWhenIdle() {
    assertThat(ConsumerScaling.decide(0, 4, 0, Duration.ofHours(1))).isEqualTo(1);
    assertThat(ConsumerScaling.decide(1, 4, 1_000, Duration.ZERO)).isEqualTo(1);
    assertThat(ConsumerScaling.decide(1, 4, 1_001, Duration.ZERO)).isEqualTo(2);
    assertThat(ConsumerScaling.decide(4, 4, 1_000_000, Duration.ZERO)).isEqualTo(4);
    assertThat(ConsumerScaling.decide(4, 4, 0, Duration.ofSeconds(9))).isEqualTo(4);
    assertThat(ConsumerScaling.decide(4, 4, 0, Duration.ofSeconds(10))).isEqualTo(3);
    assertThat(ConsumerScaling.decide(1, 4, 0, Duration.ofHours(1))).isEqualTo(1);
  }

  @Test
  void consumerIsSpareWhenTheOthersHaveTimeForItsWork() {
    assertThat(ConsumerScaling.oneIsSpare(1, 0, 0)).as("the only one").isFalse();
    assertThat(ConsumerScaling.oneIsSpare(2, 0, 0)).isTrue();
    assertThat(ConsumerScaling.oneIsSpare(2, 300, 0.5)).as("while devices send").isTrue();
    assertThat(ConsumerScaling.oneIsSpare(2, 300, 0.7)).isFalse();
    assertThat(ConsumerScaling.oneIsSpare(4, 300, 1.7)).isTrue();
    assertThat(ConsumerScaling.oneIsSpare(4, 1_001, 0.1)).as("entries wait").isFalse();
  }

  @Test
  void timeOfWorkUnderWayCounts() {
    BusyTime time = new BusyTime();
    assertThat(time.nanos()).isZero();
    time.begin();
    long first = time.nanos();
    await().until(() -> time.nanos() > first);
    time.end();
    long done = time.nanos();
    assertThat(done).isGreaterThan(first);
    assertThat(time.nanos()).as("nobody works now").isEqualTo(done);
  }

  @Test
  void entryIdsAreOrderedAsRedisOrdersThem() {
    assertThat(EntryId.parse("5-2")).isLessThan(EntryId.parse("5-10"));
    assertThat(EntryId.parse("9-0")).isLessThan(EntryId.parse("10-0"));
    assertThat(EntryId.parse("18446744073709551615-18446744073709551615"))
        .isGreaterThan(EntryId.parse("10-0"))
        .hasToString("18446744073709551615-18446744073709551615");
  }

  @Test
  void versionIsReadFromWhatRedisSaysOfItself() {
    assertThat(RedisPreflight.version("# Server\r\nredis_version:7.0.15\r\nos:Linux\r\n"))
        .isEqualTo("7.0.15");
  }
}
