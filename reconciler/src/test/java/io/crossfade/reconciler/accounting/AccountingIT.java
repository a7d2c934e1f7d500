package io.crossfade.reconciler.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RecordId;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DroppedMirrors;
import io.crossfade.db.control.LostRecords;
import io.crossfade.db.control.LostRecords.How;
import io.crossfade.db.control.RefusedRecords;
import io.crossfade.db.control.SystemIdentity;
import io.crossfade.reconciler.ReconcilerMeter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Accounts of what living and dead processes left, in one directory. */
class AccountingIT {

  private static final int ENTRIES = 64;

  private final TestOutputs outputs = new TestOutputs();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  @TempDir private Path base;

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void onlyWhatAProcessHadInMemoryDiedWithIt() throws Exception {
    AcceptedRecord written = SampleRecords.event("DEAD", 1, false);
    // A router had said that all until then is written; this is not: somebody deleted it.
    AcceptedRecord deleted = SampleRecords.event("DEAD", 2, false);
    AcceptedRecord inMemory = SampleRecords.event("DEAD", 3, false);
    AcceptedRecord inRedis = SampleRecords.event("DEAD", 4, false);
    new Output(outputs.legacy()).write(List.of(written));
    Instant writtenUntil = acceptedAt(inMemory).plusMillis(1);
    Path dead = base.resolve("dead");
    Files.createDirectories(dead);
    JournalSegment segment =
        JournalSegment.create(dead.resolve("00000001.journal"), ENTRIES, system());
    add(segment, DeliveryPath.LEGACY, written, 0);
    add(segment, DeliveryPath.LEGACY, deleted, 0);
    add(segment, DeliveryPath.LEGACY, inMemory, AcceptanceStamp.floor(Instant.ofEpochMilli(1)));
    add(segment, DeliveryPath.STREAM, inRedis, AcceptanceStamp.floor(Instant.ofEpochMilli(1)));
    new JournalDirectory(dead).alive(writtenUntil);
    try (AcceptanceJournal journal = journal("mine")) {
      accounting(outputs, journal).account();
    }
    assertThat(dead).doesNotExist();
    assertThat(lost(DeliveryPath.LEGACY, written, deleted, inMemory))
        .containsOnly(
            Map.entry(deleted.acceptance().id(), How.UNKNOWN),
            Map.entry(inMemory.acceptance().id(), How.IN_MEMORY));
    assertThat(lost(DeliveryPath.STREAM, inRedis))
        .as("Redis does not die with a router")
        .containsOnly(Map.entry(inRedis.acceptance().id(), How.UNKNOWN));
  }

  @Test
  void whatIsLostOfALivingProcessOrOfOneThatEndedWellDiedWithNobody() throws Exception {
    AcceptedRecord ofEnded = SampleRecords.event("ENDED", 1, false);
    AcceptedRecord ofLiving = SampleRecords.event("LIVING", 1, false);
    try (AcceptanceJournal ended = journal("ended")) {
      ended.belongsTo(system());
      ended.holds(() -> 0);
      ended.accepted(DeliveryPath.LEGACY, List.of(ofEnded));
    }
    try (AcceptanceJournal journal = journal("mine")) {
      journal.accepted(DeliveryPath.LEGACY, List.of(ofLiving));
      accounting(outputs, journal).account();
    }
    assertThat(lost(DeliveryPath.LEGACY, ofEnded, ofLiving))
        .containsOnly(
            Map.entry(ofEnded.acceptance().id(), How.UNKNOWN),
            Map.entry(ofLiving.acceptance().id(), How.UNKNOWN));
  }

  /** It adopted it, reported all of it lost, and deleted it. */
  @Test
  void anotherSystemsDirectoryIsLeftAlone() throws Exception {
    AcceptedRecord record = SampleRecords.event("OTHERS", 1, false);
    Path left = base.resolve("others");
    try (TestOutputs others = new TestOutputs()) {
      new Output(others.legacy()).write(List.of(record));
      try (AcceptanceJournal journal = journal("others")) {
        journal.belongsTo(new SystemIdentity(others.control()).read());
        journal.accepted(DeliveryPath.LEGACY, List.of(record));
      }
      try (AcceptanceJournal unknown = journal("of-nobody")) {
        unknown.accepted(DeliveryPath.LEGACY, List.of(record));
      }
      try (AcceptanceJournal journal = journal("mine")) {
        accounting(outputs, journal).account();
      }
      assertThat(left).exists();
      assertThat(base.resolve("of-nobody")).exists();
      assertThat(lost(DeliveryPath.LEGACY, record)).isEmpty();
      Files.delete(left.resolve("system"));
      try (AcceptanceJournal journal = journal("mine-again")) {
        accounting(outputs, journal).account();
        assertThat(left).as("its segments say it, too").exists();
        accounting(others, journal).account();
      }
      assertThat(left).doesNotExist();
      assertThat(TestOutputs.number(others.control(), "SELECT SUM(written) FROM accounting"))
          .isEqualTo(1);
    }
  }

  @Test
  void badSegmentIsPutAsideAndTheRestWorksOn() throws Exception {
    AcceptedRecord good = SampleRecords.event("GOOD", 1, false);
    AcceptedRecord other = SampleRecords.event("GOOD", 2, false);
    Path dead = base.resolve("a-dead");
    Files.createDirectories(dead);
    JournalSegment spoilt =
        JournalSegment.create(dead.resolve("00000001.journal"), ENTRIES, system());
    add(spoilt, DeliveryPath.LEGACY, good, 0);
    add(spoilt, DeliveryPath.LEGACY, good, 0);
    overwrite(spoilt, 2 * JournalSegment.ENTRY + 6, new byte[] {99});
    // No segment at all.
    Files.createDirectories(dead.resolve("00000002.journal"));
    JournalSegment next =
        JournalSegment.create(dead.resolve("00000003.journal"), ENTRIES, system());
    add(next, DeliveryPath.LEGACY, other, 0);
    new JournalDirectory(dead).belongsTo(system());
    try (AcceptanceJournal journal = journal("mine")) {
      accounting(outputs, journal).account();
    }
    assertThat(TestOutputs.number(outputs.control(), "SELECT SUM(accepted) FROM accounting"))
        .isEqualTo(2);
    assertThat(dead).doesNotExist();
    assertThat(base.resolve("aside").resolve("a-dead-00000001.journal")).exists();
    assertThat(base.resolve("aside").resolve("a-dead-00000002.journal")).exists();
    assertThat(meters.counter(ReconcilerMeter.ASIDE.id()).count()).isEqualTo(2);
  }

  /**
   * A kind comes or goes: a process that has it not adopted them, and put them aside as damaged.
   */
  @Test
  void recordsOfOtherKindsAreLeftToAProcessThatHasThem() throws Exception {
    AcceptedRecord known = SampleRecords.event("KNOWN", 1, false);
    AcceptedRecord other = SampleRecords.event("OTHER", 2, false);
    long now = AcceptanceStamp.floor(Instant.now());
    Path dead = base.resolve("a-dead");
    Files.createDirectories(dead);
    JournalSegment segment =
        JournalSegment.create(dead.resolve("00000001.journal"), ENTRIES, system());
    add(segment, DeliveryPath.LEGACY, known, 0);
    add(segment, DeliveryPath.LEGACY, other, now - other.acceptance().stamp());
    new JournalDirectory(dead).belongsTo(system());
    overwrite(segment, 2 * JournalSegment.ENTRY + 6, new byte[] {99});
    try (AcceptanceJournal journal = journal("mine")) {
      Accounting accounting = accounting(outputs, journal);
      accounting.account();
      accounting.account();
      assertThat(segment.file()).exists();
      assertThat(TestOutputs.number(outputs.control(), "SELECT COUNT(*) FROM accounting")).isZero();
      assertThat(meters.counter(ReconcilerMeter.ASIDE.id()).count()).isZero();

      long old = AcceptanceStamp.floor(Instant.now().minus(Duration.ofMinutes(61)));
      overwrite(
          segment,
          2 * JournalSegment.ENTRY + 8,
          ByteBuffer.allocate(Long.BYTES).putLong(old).array());
      accounting.account();
    }
    assertThat(dead).as("nobody has it any more").doesNotExist();
    assertThat(TestOutputs.number(outputs.control(), "SELECT SUM(accepted) FROM accounting"))
        .isEqualTo(1);
    assertThat(meters.counter(ReconcilerMeter.ASIDE.id()).count()).isEqualTo(1);
  }

  /** A router died after one path had its upload, and before it had noted anything of it. */
  @Test
  void uploadThatReachedOnePathOfARouterThatDiedIsNoted() throws Exception {
    TestOutputs.update(
        outputs.control(), "INSERT INTO rollout_flag VALUES ('EVENT_DUAL_WRITE', TRUE, NULL, '')");
    AcceptedRecord noted = SampleRecords.event("UNANSWERED", 1, false);
    AcceptedRecord onStream = SampleRecords.event("UNANSWERED", 2, false);
    AcceptedRecord onLegacy = SampleRecords.event("UNANSWERED", 3, false);
    AcceptedRecord ofAnotherRouter = SampleRecords.event("UNANSWERED", 4, false);
    new Output(outputs.stream()).write(List.of(noted, onStream, ofAnotherRouter));
    new Output(outputs.legacy()).write(List.of(noted, onLegacy));
    long node = noted.acceptance().stamp() & 0x3ff;
    TestOutputs.update(
        outputs.stream(),
        "UPDATE t_common_event SET stamp = (stamp & ~1023) | %d WHERE id <> x'%s'"
            .formatted(node, ofAnotherRouter.acceptance().id()));
    TestOutputs.update(
        outputs.legacy(), "UPDATE t_common_event SET stamp = (stamp & ~1023) | " + node);
    Path dead = base.resolve("dead");
    Files.createDirectories(dead);
    JournalSegment segment =
        JournalSegment.create(dead.resolve("00000001.journal"), ENTRIES, system());
    add(segment, DeliveryPath.LEGACY, noted, 0);
    add(segment, DeliveryPath.STREAM, noted, 0);
    try (AcceptanceJournal journal = journal("mine")) {
      accounting(outputs, journal).account();
    }
    List<RecordId> all =
        List.of(
            noted.acceptance().id(),
            onStream.acceptance().id(),
            onLegacy.acceptance().id(),
            ofAnotherRouter.acceptance().id());
    DroppedMirrors dropped = new DroppedMirrors(outputs.control());
    assertThat(dropped.among(DeliveryPath.LEGACY, all))
        .containsOnlyKeys(onStream.acceptance().id());
    assertThat(dropped.among(DeliveryPath.STREAM, all))
        .containsOnlyKeys(onLegacy.acceptance().id());
  }

  @Test
  void acceptedRetryEndsARefusal() throws Exception {
    AcceptedRecord first = SampleRecords.event("RETRY", 1, false);
    AcceptedRecord retry = SampleRecords.event("RETRY", 1, false);
    AcceptedRecord never = SampleRecords.event("RETRY", 2, false);
    RefusedRecords refused = new RefusedRecords(outputs.control());
    for (AcceptedRecord one : List.of(first, never)) {
      refused.keep(
          DeliveryPath.LEGACY,
          List.of(
              new RefusedRecords.Refused(
                  Kind.EVENT, one.acceptance().id(), one.acceptance().stamp())));
    }
    try (AcceptanceJournal journal = journal("mine")) {
      journal.accepted(DeliveryPath.LEGACY, List.of(retry));
      accounting(outputs, journal).account();
    }
    assertThat(
            refused.among(
                DeliveryPath.LEGACY, List.of(first.acceptance().id(), never.acceptance().id())))
        .containsOnlyKeys(never.acceptance().id());
  }

  private Map<RecordId, How> lost(DeliveryPath path, AcceptedRecord... records) throws Exception {
    return new LostRecords(outputs.control())
        .among(path, List.of(records).stream().map(one -> one.acceptance().id()).toList());
  }

  private RecordId system() throws Exception {
    return new SystemIdentity(outputs.control()).read();
  }

  private AcceptanceJournal journal(String instance) {
    return new AcceptanceJournal(base, new InstanceName(instance), ENTRIES, Duration.ZERO, meters);
  }

  private Accounting accounting(TestOutputs of, AcceptanceJournal journal) {
    return new Accounting(
        new AccountingSettings(true, base, ENTRIES, Duration.ofHours(1), 100),
        journal,
        new Accountant(
            of.legacy(),
            of.stream(),
            new DeadLetters(of.control()),
            new RefusedRecords(of.control())),
        new DiedCopies(of.control(), of.legacy(), of.stream()),
        new AccountBook(of.control()),
        new SystemIdentity(of.control()),
        () -> Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
        InstantSource.system(),
        meters);
  }

  private static void overwrite(JournalSegment segment, long at, byte[] bytes) throws IOException {
    try (FileChannel file = FileChannel.open(segment.file(), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(bytes), at);
    }
  }

  private static Instant acceptedAt(AcceptedRecord record) {
    return AcceptanceStamp.instantOf(record.acceptance().stamp());
  }

  private static void add(
      JournalSegment segment, DeliveryPath path, AcceptedRecord record, long later) {
    assertThat(
            segment.add(
                record.kind(), path, record.acceptance().stamp() + later, record.acceptance().id()))
        .isTrue();
  }
}
