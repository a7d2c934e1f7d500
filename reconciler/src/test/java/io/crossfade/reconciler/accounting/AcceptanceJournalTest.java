package io.crossfade.reconciler.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import io.crossfade.db.SampleRecords;
import io.crossfade.reconciler.ReconcilerMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceptanceJournalTest {

  private static final int ENTRIES = 64;
  private static final int THREADS = 4;
  private static final int EACH = 1_000;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  @TempDir private Path base;

  @Test
  void everyAcceptanceIsNotedOnceWhileSegmentsRoll() throws Exception {
    List<List<AcceptedRecord>> batches =
        IntStream.range(0, THREADS).mapToObj(AcceptanceJournalTest::records).toList();
    Path directory;
    try (AcceptanceJournal journal = journal()) {
      directory = journal.directory();
      List<Thread> threads = new ArrayList<>();
      for (List<AcceptedRecord> batch : batches) {
        threads.add(
            Thread.ofVirtual()
                .start(
                    () ->
                        batch.forEach(one -> journal.accepted(DeliveryPath.STREAM, List.of(one)))));
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
    List<RecordId> noted = new ArrayList<>();
    for (Path segment : segments(directory)) {
      JournalSegment.read(segment, entry -> noted.add(entry.id()));
    }
    assertThat(noted)
        .containsExactlyInAnyOrderElementsOf(
            batches.stream().flatMap(List::stream).map(one -> one.acceptance().id()).toList());
    assertThat(meters.counter(ReconcilerMeter.UNNOTED.id()).count()).isZero();
  }

  @Test
  void segmentThatWaitsToBeWrittenIsNotAccountedFor() throws Exception {
    try (AcceptanceJournal journal = journal()) {
      for (AcceptedRecord one : records(1)) {
        journal.accepted(DeliveryPath.LEGACY, List.of(one));
      }
      for (Path segment : segments(journal.directory())) {
        List<RecordId> noted = new ArrayList<>();
        JournalSegment.read(segment, entry -> noted.add(entry.id()));
        assertThat(noted.size() == ENTRIES)
            .as("%s, whole exactly when it is closed", segment)
            .isEqualTo(!journal.writes(segment));
      }
    }
  }

  @Test
  void journalWithoutADirectoryCountsWhatItCannotNote() throws Exception {
    try (AcceptanceJournal journal = journal()) {
      Path directory = journal.directory();
      Path moved = Files.move(directory, directory.resolveSibling("gone"));
      List<AcceptedRecord> records = records(2);
      journal.accepted(DeliveryPath.STREAM, records);
      assertThat(meters.counter(ReconcilerMeter.UNNOTED.id()).count())
          .as("the segments that were open take theirs")
          .isBetween(EACH - 2.0 * ENTRIES, EACH - 1.0 * ENTRIES);
      Files.move(moved, directory);
      journal.rollIfOld();
      journal.accepted(DeliveryPath.STREAM, records.subList(0, 1));
      assertThat(meters.counter(ReconcilerMeter.UNNOTED.id()).count())
          .isLessThanOrEqualTo(EACH - 1.0 * ENTRIES);
    }
  }

  private AcceptanceJournal journal() throws IOException {
    return new AcceptanceJournal(base, "one", ENTRIES, Duration.ofHours(1), meters);
  }

  private static List<Path> segments(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(JournalDirectory.SUFFIX))
          .sorted()
          .toList();
    }
  }

  private static List<AcceptedRecord> records(int device) {
    return IntStream.range(0, EACH)
        .<AcceptedRecord>mapToObj(second -> SampleRecords.health("DEV" + device, second))
        .toList();
  }
}
