package io.crossfade.reconciler.accounting;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.reconciler.accounting.JournalSegment.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process leaves behind, and what that says of it. */
class JournalDirectoryTest {

  private static final RecordId OURS = new RecordId(1, 2);
  private static final RecordId THEIRS = new RecordId(3, 4);
  private static final Instant NOW = Instant.parse("2026-11-26T08:00:00Z");
  private static final int NODE = 5;

  @TempDir private Path base;
  private Path path;
  private JournalDirectory directory;

  JournalDirectoryTest() {
    path = Path.of("");
    directory = new JournalDirectory(path);
  }

  @BeforeEach
  void make() throws IOException {
    path = Files.createDirectories(base.resolve("router-1"));
    directory = new JournalDirectory(path);
  }

  @Test
  void directoryIsWhoseItsFileSays() throws IOException {
    segment(1, THEIRS);
    directory.belongsTo(OURS);
    assertThat(directory.isForeignTo(OURS)).isFalse();
    assertThat(directory.isForeignTo(THEIRS)).isTrue();
    assertThat(directory.instance()).isEqualTo("router-1");
  }

  @Test
  void withoutTheFileAllSegmentsMustBeOurs() throws IOException {
    assertThat(directory.isForeignTo(OURS)).as("nothing in it").isFalse();
    JournalSegment unknown = segment(1, null);
    assertThat(directory.isForeignTo(OURS)).as("whose, was never known").isTrue();
    segment(2, OURS);
    assertThat(directory.isForeignTo(OURS)).as("one is ours").isFalse();
    Files.delete(unknown.file());
    Files.writeString(path.resolve("system"), "no id");
    assertThat(directory.isForeignTo(OURS)).as("an unreadable name is none").isFalse();
    segment(3, THEIRS);
    assertThat(directory.isForeignTo(OURS)).as("one is not").isTrue();
  }

  @Test
  void segmentsOfEarlierReleasesAndUnreadableOnesSayNothing() throws IOException {
    JournalSegment old = segment(1, THEIRS);
    byte[] all = Files.readAllBytes(old.file());
    Files.write(old.file(), new byte[all.length]);
    Files.createDirectory(path.resolve("2" + JournalDirectory.SUFFIX));
    assertThat(JournalDirectory.isReadable(old.file())).isTrue();
    assertThat(JournalDirectory.isReadable(path.resolve("2" + JournalDirectory.SUFFIX))).isFalse();
    assertThat(directory.isForeignTo(OURS)).isFalse();
  }

  @Test
  void processIsAsAliveAsItLastSaid() throws IOException {
    assertThat(directory.lastAlive()).isEmpty();
    directory.alive(NOW);
    assertThat(directory.lastAlive().orElseThrow().writtenUntil()).isEqualTo(NOW);
    assertThat(directory.lastAlive().orElseThrow().at()).isAfter(Instant.EPOCH);
    Files.writeString(path.resolve("alive"), "half a mom");
    assertThat(directory.lastAlive()).isEmpty();
    assertThat(directory.hasEndedWithNothingLeft()).isFalse();
    directory.endedWithNothingLeft();
    assertThat(directory.hasEndedWithNothingLeft()).isTrue();
  }

  @Test
  void nothingIsLeftOfItWhenItIsRemoved() throws IOException {
    directory.belongsTo(OURS);
    directory.alive(NOW);
    directory.endedWithNothingLeft();
    Files.writeString(directory.lock(), "");
    directory.remove();
    assertThat(path).doesNotExist();
  }

  @Test
  void segmentsComeOldestFirst() throws IOException {
    for (int number : new int[] {3, 1, 2}) {
      segment(number, null);
    }
    Files.writeString(path.resolve("notes"), "");
    assertThat(directory.segments())
        .extracting(file -> file.getFileName().toString())
        .containsExactly("1.journal", "2.journal", "3.journal");
  }

  /** More than is read at once. */
  @Test
  void longSegmentIsReadToItsEnd() throws IOException {
    JournalSegment segment = JournalSegment.create(path.resolve("1.journal"), 5_000, OURS);
    assertThat(segment.isEmpty()).isTrue();
    List<Entry> written = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      Entry entry =
          new Entry(
              Kind.values()[i % 3],
              DeliveryPath.values()[i % 2],
              AcceptanceStamp.floor(NOW) + i,
              new RecordId(i, -i));
      assertThat(segment.add(entry.kind(), entry.path(), entry.stamp(), entry.id())).isTrue();
      written.add(entry);
    }
    assertThat(segment.isEmpty()).isFalse();
    assertThat(segment.add(Kind.EVENT, DeliveryPath.LEGACY, 1, OURS)).as("full").isFalse();
    assertThat(segment.add(Kind.EVENT, DeliveryPath.LEGACY, 1, OURS)).as("still").isFalse();
    List<Entry> read = new ArrayList<>();
    assertThat(JournalSegment.read(segment.file(), read::add))
        .isEqualTo(new JournalSegment.Reading(true, OURS, NOW, 0, Instant.MIN));
    assertThat(read).isEqualTo(written);
    read.clear();
    segment.forEach(read::add);
    assertThat(read).isEqualTo(written);
    assertThat(Files.size(segment.file())).isEqualTo(5_001L * JournalSegment.ENTRY);
    assertThat(JournalSegment.read(segment.file()).last()).isEqualTo(NOW);
  }

  /** The first and the last of each that there is are entries, what is beside them is none. */
  @Test
  void entryIsNoneBesideTheKindsThePathsAndTheTimeThereAre() throws IOException {
    long tomorrow = AcceptanceStamp.floor(Instant.now().plus(Duration.ofHours(23)));
    long later = AcceptanceStamp.floor(Instant.now().plus(Duration.ofHours(25)));
    assertThat(bad(1 | 2 << 8 | 1 << 16, 1)).isZero();
    assertThat(bad(1, tomorrow)).isZero();
    assertThat(bad(1 | 3 << 8, 1)).as("no such kind").isEqualTo(1);
    assertThat(bad(1 | 2 << 16, 1)).as("no such path").isEqualTo(1);
    assertThat(bad(1 | Long.MIN_VALUE, 1)).as("nor one below").isEqualTo(1);
    assertThat(bad(3, 1)).as("no such mark").isEqualTo(1);
    assertThat(bad(1, 0)).as("no time").isEqualTo(1);
    assertThat(bad(1, -1)).isEqualTo(1);
    assertThat(bad(1, later)).isEqualTo(1);
    assertThat(bad(2, 1)).as("a second head").isEqualTo(1);
  }

  private int bad(long mark, long stamp) throws IOException {
    Path file = path.resolve("1.journal");
    Files.deleteIfExists(file);
    JournalSegment.create(file, 1, OURS);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes)
        .putLong(JournalSegment.ENTRY, mark)
        .putLong(JournalSegment.ENTRY + 8, stamp);
    Files.write(file, bytes);
    List<Entry> read = new ArrayList<>();
    int bad = JournalSegment.read(file, read::add).bad();
    assertThat(read).hasSize(1 - bad);
    return bad;
  }

  /** Ten seconds before its last acceptance, or since all was known to be written. */
  @Test
  void lastSecondsOfAProcessEndWithItsLastAcceptance() throws IOException {
    Instant end = NOW.plusSeconds(60);
    JournalSegment older = segment(1, OURS);
    JournalSegment newer = segment(2, OURS);
    add(older, DeliveryPath.LEGACY, end.minusSeconds(11), 1);
    add(older, DeliveryPath.LEGACY, end.minusSeconds(10), 2);
    add(older, DeliveryPath.STREAM, end.minusSeconds(5), 2);
    add(newer, DeliveryPath.STREAM, end, 3);
    List<Path> all = directory.segments();
    DiedCopies.LastSeconds last = DiedCopies.lastSeconds(all, Instant.MIN).orElseThrow();
    assertThat(last.sinceStamp()).isEqualTo(AcceptanceStamp.floor(end.minusSeconds(10)));
    assertThat(last.untilStamp()).isEqualTo(AcceptanceStamp.floor(end.plusSeconds(10)));
    assertThat(last.node()).isEqualTo(NODE);
    assertThat(last.has(DeliveryPath.LEGACY, id(1))).as("long decided").isFalse();
    assertThat(last.has(DeliveryPath.LEGACY, id(2))).isTrue();
    assertThat(last.has(DeliveryPath.STREAM, id(2))).isTrue();
    assertThat(last.has(DeliveryPath.STREAM, id(3))).isTrue();
    assertThat(last.has(DeliveryPath.LEGACY, id(3))).isFalse();
    DiedCopies.LastSeconds decided = DiedCopies.lastSeconds(all, end.minusSeconds(5)).orElseThrow();
    assertThat(decided.has(DeliveryPath.LEGACY, id(2))).isFalse();
    assertThat(decided.noted()).containsOnlyKeys(DeliveryPath.STREAM);
    assertThat(decided.noted())
        .hasEntrySatisfying(DeliveryPath.STREAM, of -> assertThat(of).hasSize(2));
    assertThat(DiedCopies.lastSeconds(List.of(), Instant.MIN)).isEmpty();
    JournalSegment unused = segment(9, OURS);
    assertThat(DiedCopies.lastSeconds(List.of(unused.file()), Instant.MIN)).isEmpty();
    assertThat(JournalSegment.read(unused.file()).last()).isEqualTo(Instant.MIN);
    assertThat(new DiedCopies.LastSeconds(0, 0, 0, Map.of()).has(DeliveryPath.LEGACY, id(1)))
        .isFalse();
  }

  private static void add(JournalSegment to, DeliveryPath by, Instant at, long number) {
    long stamp = AcceptanceStamp.floor(at) + NODE;
    assertThat(to.add(Kind.EVENT, by, stamp, id(number))).isTrue();
  }

  private static RecordId id(long number) {
    return new RecordId(7, number);
  }

  private JournalSegment segment(int number, @Nullable RecordId system) throws IOException {
    return JournalSegment.create(path.resolve(number + JournalDirectory.SUFFIX), 16, system);
  }
}
