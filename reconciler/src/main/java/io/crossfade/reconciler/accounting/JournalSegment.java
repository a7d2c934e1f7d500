package io.crossfade.reconciler.accounting;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.process.PrivateDirectory;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A file of acceptances, mapped into memory: what was written is the kernel's at once and outlives
 * the process, though not the machine. Allocated in full, since writing to a mapped file that finds
 * the disk full ends the JVM.
 *
 * <p>Format: entries of 32 bytes, big-endian: a mark of eight bytes, the stamp, the id. The mark is
 * written last; zero is "nothing here". Its lowest byte is 1, the next the kind's ordinal, the next
 * the path's. The first entry is a head with the mark 2 and, in place of the id, the id of the
 * system that accepted; zero while that is not known. Segments of earlier releases have no head.
 */
final class JournalSegment {

  /** One acceptance by one path. */
  record Entry(Kind kind, DeliveryPath path, long stamp, RecordId id) {}

  /**
   * What a file was found to hold beside its entries.
   *
   * @param headed whether it has a head; those of earlier releases have none
   * @param system whose it is; {@code null} when that was not known
   * @param last acceptance of a kind that this process has; {@link Instant#MIN} when there is none
   * @param bad entries that were left out: they are none, or of kinds that this process has not
   * @param lastOfOthers acceptance of a kind that this process has not; {@link Instant#MIN} when
   *     there is none
   */
  record Reading(
      boolean headed, @Nullable RecordId system, Instant last, int bad, Instant lastOfOthers) {}

  static final int ENTRY = 32;

  private static final long ENTRY_MARK = 1;
  private static final long HEAD_MARK = 2;
  private static final int MARK_BITS = 0xff;
  private static final RecordId NOBODY = new RecordId(0, 0);

  /** Stamps from further ahead are no stamps; clocks do not differ by so much. */
  private static final Duration AHEAD = Duration.ofDays(1);

  private static final InstantSource CLOCK = InstantSource.system();

  private static final int BLOCK = 1 << 16;
  private static final int STAMP = 8;
  private static final int HIGH = 16;
  private static final int LOW = 24;
  private static final int KIND_SHIFT = 8;
  private static final int PATH_SHIFT = 16;
  private static final VarHandle LONG =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final Path file;
  private final MappedByteBuffer entries;
  private final int capacity;
  private final AtomicInteger next = new AtomicInteger();

  private JournalSegment(Path file, MappedByteBuffer entries) {
    this.file = file;
    this.entries = entries;
    this.capacity = entries.capacity() / ENTRY - 1;
  }

  /**
   * A new one, with room for so many entries.
   *
   * @param system whose it is; {@code null} while that is not known
   */
  static JournalSegment create(Path file, int capacity, @Nullable RecordId system)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PrivateDirectory.ofAFile(file))) {
      long size = (capacity + 1L) * ENTRY;
      for (long at = 0; at < size; at += BLOCK) {
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(BLOCK, size - at));
        while (zeros.hasRemaining()) {
          channel.write(zeros, at + zeros.position());
        }
      }
      JournalSegment segment =
          new JournalSegment(file, channel.map(FileChannel.MapMode.READ_WRITE, 0, size));
      segment.belongsTo(system == null ? NOBODY : system);
      return segment;
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  Path file() {
    return file;
  }

  /** Says whose it is. */
  void belongsTo(RecordId system) {
    entries.putLong(HIGH, system.high());
    entries.putLong(LOW, system.low());
    LONG.setRelease((ByteBuffer) entries, 0, HEAD_MARK);
  }

  /** What was written to it, also when its file is gone. */
  void forEach(Consumer<Entry> sink) {
    ByteBuffer all = entries.duplicate().order(ByteOrder.BIG_ENDIAN);
    for (int at = ENTRY; at < all.capacity(); at += ENTRY) {
      if ((long) LONG.getAcquire((ByteBuffer) entries, at) != 0) {
        Entry entry = entry(all.position(at));
        if (entry != null) {
          sink.accept(entry);
        }
      }
    }
  }

  boolean isEmpty() {
    return next.get() == 0;
  }

  /** Writes an entry; {@code false} when there is no room. */
  boolean add(Kind kind, DeliveryPath path, long stamp, RecordId id) {
    int entry = next.getAndIncrement();
    if (entry < 0 || entry >= capacity) {
      next.set(capacity);
      return false;
    }
    int at = (entry + 1) * ENTRY;
    entries.putLong(at + STAMP, stamp);
    entries.putLong(at + HIGH, id.high());
    entries.putLong(at + LOW, id.low());
    long mark =
        ENTRY_MARK | ((long) kind.code() << KIND_SHIFT) | ((long) path.ordinal() << PATH_SHIFT);
    LONG.setRelease((ByteBuffer) entries, at, mark);
    return true;
  }

  /** What a segment of any process holds, in short. */
  static Reading read(Path file) throws IOException {
    return read(file, entry -> {});
  }

  /** Reads a segment of any process, whole or not. */
  static Reading read(Path file, Consumer<Entry> sink) throws IOException {
    boolean headed = false;
    RecordId system = NOBODY;
    int bad = 0;
    long last = 0;
    long lastOfOthers = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      boolean first = true;
      while (channel.read(block) >= 0) {
        block.flip();
        for (; block.remaining() >= ENTRY; first = false) {
          int at = block.position();
          long mark = block.getLong(at);
          if (first && mark == HEAD_MARK) {
            headed = true;
            system = new RecordId(block.getLong(at + HIGH), block.getLong(at + LOW));
            block.position(at + ENTRY);
            continue;
          }
          Entry entry = entry(block);
          if (entry != null) {
            sink.accept(entry);
            last = Math.max(last, entry.stamp());
          } else if (mark != 0) {
            bad++;
            long stamp = block.getLong(at + STAMP);
            lastOfOthers = isAcceptance(mark, stamp) ? Math.max(lastOfOthers, stamp) : lastOfOthers;
          }
        }
        block.compact();
      }
    }
    return new Reading(
        headed,
        system.equals(NOBODY) ? null : system,
        acceptance(last),
        bad,
        acceptance(lastOfOthers));
  }

  /** No stamp is zero. */
  private static Instant acceptance(long stamp) {
    return stamp == 0 ? Instant.MIN : AcceptanceStamp.instantOf(stamp);
  }

  /** Takes the next entry; {@code null} when it is none. */
  private static @Nullable Entry entry(ByteBuffer from) {
    long mark = from.getLong();
    long stamp = from.getLong();
    RecordId id = new RecordId(from.getLong(), from.getLong());
    Kind kind = Kind.ofCode((int) (mark >> KIND_SHIFT & MARK_BITS)).orElse(null);
    return isAcceptance(mark, stamp) && kind != null
        ? new Entry(kind, DeliveryPath.values()[(int) (mark >> PATH_SHIFT)], stamp, id)
        : null;
  }

  /** Whether it is one, of whatever kind. */
  private static boolean isAcceptance(long mark, long stamp) {
    long path = mark >> PATH_SHIFT;
    return (mark & MARK_BITS) == ENTRY_MARK
        && path >= 0
        && path < DeliveryPath.values().length
        && stamp > 0
        && AcceptanceStamp.instantOf(stamp).isBefore(CLOCK.instant().plus(AHEAD));
  }
}
