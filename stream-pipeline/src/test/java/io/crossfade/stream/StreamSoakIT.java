package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/**
 * A stream into which records come all the time, with the upkeep that a process gives it: it is as
 * long as what comes within the retention, however long that goes on. {@code
 * -Dcrossfade.soak.seconds=600} for longer, {@code -Dcrossfade.soak.rate=5000} records a second.
 */
class StreamSoakIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration RETENTION = Duration.ofSeconds(3);

  /** As {@link StreamPipeline} does. */
  private static final Duration UPKEEP_EVERY = Duration.ofSeconds(5);

  private static final int SECONDS = Integer.getInteger("crossfade.soak.seconds", 20);
  private static final int RATE = Integer.getInteger("crossfade.soak.rate", 5_000);
  private static final int AT_ONCE = 250;

  /** Entries of a node of a stream, of which Redis removes all or none. */
  private static final int NODE = 100;

  private final AtomicInteger appended = new AtomicInteger();

  @Test
  void streamIsAsLongAsWhatComesWithinTheRetention() throws Exception {
    TestOutputs outputs = new TestOutputs(TestDatabase.newSchemas());
    try (StreamHarness harness =
        new StreamHarness(
            TestRedis.sharedPort(),
            StreamHarness.keeping(RETENTION, DataSize.ofTerabytes(1)),
            outputs)) {
      harness.consume(Kind.HEALTH);
      StreamUpkeep upkeep = harness.upkeep();
      TreeMap<Long, Integer> came = new TreeMap<>();
      List<Long> lengths = new ArrayList<>();
      long begin = System.nanoTime();
      came.put(begin, 0);
      try (ScheduledExecutorService watches = Executors.newSingleThreadScheduledExecutor()) {
        long every = TimeUnit.SECONDS.toNanos(1) * AT_ONCE / RATE;
        watches.scheduleAtFixedRate(() -> append(harness), 0, every, TimeUnit.NANOSECONDS);
        long over = begin + TimeUnit.SECONDS.toNanos(SECONDS);
        for (long next = begin; System.nanoTime() < over; next += UPKEEP_EVERY.toNanos()) {
          long due = next;
          await().atMost(PATIENCE).until(() -> System.nanoTime() >= due);
          long now = System.nanoTime();
          came.put(now, appended.get());
          long unacknowledged = harness.health.backlog(Kind.HEALTH).entries();
          upkeep.round();
          long length = harness.health.stats(StreamName.HEALTH).length();
          lengths.add(length);
          // One round may have been over before all was removed: its time is bounded.
          long since = now - RETENTION.toNanos() - 2 * UPKEEP_EVERY.toNanos();
          var before = came.floorEntry(since);
          assertThat(length)
              .as(
                  "after %d entries, of which %d wait; lengths %s",
                  appended.get(), unacknowledged, lengths)
              .isLessThanOrEqualTo(
                  appended.get()
                      - (before == null ? 0 : before.getValue())
                      + unacknowledged
                      + NODE);
        }
      }
      System.out.printf(
          "soak: %,d records in %d s, length after each round %s%n",
          appended.get(), SECONDS, lengths);
      await().atMost(PATIENCE).until(() -> harness.drained(StreamName.HEALTH));
      await("all of it goes")
          .atMost(PATIENCE)
          .until(
              () -> {
                upkeep.round();
                return harness.health.stats(StreamName.HEALTH).length() <= 1;
              });
      assertThat(TestOutputs.count(outputs.stream(), Kind.HEALTH)).isEqualTo(appended.get());
    } finally {
      outputs.close();
    }
  }

  private void append(StreamHarness harness) {
    int from = appended.get();
    List<AcceptedRecord> records = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      records.add(SampleRecords.health("SOAK", from + i));
    }
    // The next is not sent before this is confirmed: what a slow machine cannot take does not wait.
    harness.appender.append(records).join();
    appended.addAndGet(AT_ONCE);
  }
}
