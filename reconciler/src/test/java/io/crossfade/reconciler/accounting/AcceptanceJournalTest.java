package io.crossfade.reconciler.accounting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.SampleRecords;
import io.crossfade.reconciler.ReconcilerMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Whatever the umask; that of a test leaves new files open to all readers. */
  @Test
  void everyFileIsClosedToOthersFromItsFirstMoment() throws Exception {
    Path directory;
    try (AcceptanceJournal journal = journal()) {
      directory = journal.directory();
      journal.belongsTo(new RecordId(1, 2));
      journal.alive(Instant.EPOCH);
      journal.accepted(DeliveryPath.STREAM, records(1));
    }
    new JournalDirectory(directory).endedWithNothingLeft();
    assertThat(Files.getPosixFilePermissions(directory)).hasSize(3);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files.toList())
          .hasSizeGreaterThan(4)
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .as(file.toString())
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void noteIsNotWrittenThroughALink() throws Exception {
    Path elsewhere = Files.writeString(base.resolve("elsewhere"), "theirs");
    Path of = Files.createDirectory(base.resolve("mine"));
    Files.createSymbolicLink(of.resolve("alive"), elsewhere);
    assertThatThrownBy(() -> new JournalDirectory(of).alive(Instant.EPOCH))
        .isInstanceOf(IOException.class);
    assertThat(elsewhere).hasContent("theirs");
  }

  @Test
  void journalWhoseDirectoryIsGoneNotesAgainWhatWasInIt() throws Exception {
    try (AcceptanceJournal journal = journal()) {
      journal.belongsTo(new RecordId(1, 2));
      List<AcceptedRecord> records = records(2);
      journal.accepted(DeliveryPath.STREAM, records.subList(0, 10));
      delete(journal.directory());
      journal.rollIfOld();
      journal.accepted(DeliveryPath.STREAM, records.subList(10, 20));
      delete(journal.directory());
      journal.accepted(DeliveryPath.STREAM, records.subList(20, EACH));
      assertThat(noted(journal.directory()))
          .as("also when the next segment was due")
          .containsAll(
              records.subList(0, ENTRIES).stream().map(one -> one.acceptance().id()).toList());
      assertThat(meters.counter(ReconcilerMeter.UNNOTED.id()).count()).isZero();
      assertThat(new JournalDirectory(journal.directory()).isForeignTo(new RecordId(1, 2)))
          .isFalse();
    }
  }

  @Test
  void journalThatHasNoRoomCountsUntilThereIsSome() throws Exception {
    Path directory = base.resolve("one");
    // Where the directory would be made.
    Files.writeString(directory, "no directory");
    List<AcceptedRecord> records = records(3);
    try (AcceptanceJournal journal = journal()) {
      journal.accepted(DeliveryPath.STREAM, records.subList(0, 5));
      assertThat(meters.counter(ReconcilerMeter.UNNOTED.id()).count()).isEqualTo(5);
      Files.delete(directory);
      journal.rollIfOld();
      journal.accepted(DeliveryPath.STREAM, records.subList(5, 10));
      assertThat(noted(directory)).hasSize(5);
      assertThat(meters.counter(ReconcilerMeter.UNNOTED.id()).count()).isEqualTo(5);
    }
  }

  @Test
  void badRecordsAreLeftOutAndSegmentsOfEarlierReleasesAreRead() throws Exception {
    JournalSegment segment =
        JournalSegment.create(base.resolve("1.journal"), ENTRIES, new RecordId(5, 6));
    RecordId good = new RecordId(7, 8);
    for (int i = 0; i < 4; i++) {
      assertThat(segment.add(Kind.EVENT, DeliveryPath.LEGACY, 1L << 40, good)).isTrue();
    }
    byte[] bytes = Files.readAllBytes(segment.file());
    // Of an unknown kind; of an unknown path; from the year 2248.
    bytes[2 * JournalSegment.ENTRY + 6] = 99;
    bytes[3 * JournalSegment.ENTRY + 5] = 99;
    bytes[4 * JournalSegment.ENTRY + 8] = 0x7f;
    Files.write(segment.file(), bytes);
    List<RecordId> read = new ArrayList<>();
    JournalSegment.Reading reading =
        JournalSegment.read(segment.file(), entry -> read.add(entry.id()));
    assertThat(read).containsExactly(good);
    assertThat(reading)
        .isEqualTo(
            new JournalSegment.Reading(
                true,
                new RecordId(5, 6),
                AcceptanceStamp.instantOf(1L << 40),
                3,
                AcceptanceStamp.instantOf(1L << 40)));

    Path old = base.resolve("2.journal");
    Files.write(old, Arrays.copyOfRange(bytes, JournalSegment.ENTRY, 2 * JournalSegment.ENTRY));
    assertThat(JournalSegment.read(old, entry -> read.add(entry.id())))
        .isEqualTo(
            new JournalSegment.Reading(
                false, null, AcceptanceStamp.instantOf(1L << 40), 0, Instant.MIN));
    assertThat(read).containsExactly(good, good);
  }

  private static List<RecordId> noted(Path directory) throws IOException {
    List<RecordId> noted = new ArrayList<>();
    for (Path segment : segments(directory)) {
      JournalSegment.read(segment, entry -> noted.add(entry.id()));
    }
    return noted;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  private AcceptanceJournal journal() {
    return new AcceptanceJournal(
        base, new InstanceName("one"), ENTRIES, Duration.ofHours(1), meters);
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
