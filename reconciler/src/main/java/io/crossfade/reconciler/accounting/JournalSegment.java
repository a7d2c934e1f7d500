package io.crossfade.reconciler.accounting;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A file of acceptances, mapped into memory: what was written is the kernel's at once and outlives
 * the process, though not the machine. Allocated in full, since writing to a mapped file that finds
 * the disk full ends the JVM.
 *
 * <p>Format: entries of 32 bytes, big-endian: a mark of eight bytes, the stamp, the id. The mark is
 * written last; zero is "nothing here". Its lowest byte is 1, the next the kind's ordinal, the next
 * the path's.
 */
final class JournalSegment {

  /** One acceptance by one path. */
  record Entry(Kind kind, DeliveryPath path, long stamp, RecordId id) {}

  static final int ENTRY = 32;
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
    this.capacity = entries.capacity() / ENTRY;
  }

  /** A new one, with room for so many entries. */
  static JournalSegment create(Path file, int capacity) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      long size = (long) capacity * ENTRY;
      for (long at = 0; at < size; at += BLOCK) {
        ByteBuffer zeros = ByteBuffer.allocate((int) Math.min(BLOCK, size - at));
        while (zeros.hasRemaining()) {
          channel.write(zeros, at + zeros.position());
        }
      }
      return new JournalSegment(file, channel.map(FileChannel.MapMode.READ_WRITE, 0, size));
    } catch (IOException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  Path file() {
    return file;
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
    int at = entry * ENTRY;
    entries.putLong(at + STAMP, stamp);
    entries.putLong(at + HIGH, id.high());
    entries.putLong(at + LOW, id.low());
    long mark = 1L | ((long) kind.ordinal() << KIND_SHIFT) | ((long) path.ordinal() << PATH_SHIFT);
    LONG.setRelease((ByteBuffer) entries, at, mark);
    return true;
  }

  /** Reads a segment of any process, whole or not. */
  static void read(Path file, Consumer<Entry> sink) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      while (channel.read(block) >= 0) {
        block.flip();
        while (block.remaining() >= ENTRY) {
          long mark = block.getLong();
          long stamp = block.getLong();
          RecordId id = new RecordId(block.getLong(), block.getLong());
          if (mark != 0) {
            sink.accept(
                new Entry(
                    Kind.values()[(int) (mark >> KIND_SHIFT) & 0xff],
                    DeliveryPath.values()[(int) (mark >> PATH_SHIFT) & 0xff],
                    stamp,
                    id));
          }
        }
        block.compact();
      }
    }
  }
}
