package io.crossfade.stream;

import io.crossfade.db.OutputTable;
import io.crossfade.stream.StreamLayouts.ReadUpTo;
import java.time.Duration;
import java.util.List;

/**
 * How many entries to read at once: between 200 and 500 while the database keeps up. A batch slower
 * than 2 s halves the size, below 200 too if it must; a fast full batch lets it grow by a quarter.
 * One that could not be read halves it too, down to one; and no more are asked for than are likely
 * to fit into a reply.
 */
final class AdaptiveBatch {

  static final int LEAST = 25;
  static final int FIRST = 200;
  static final int MOST = 500;
  private static final Duration SLOW = Duration.ofSeconds(2);
  private static final Duration FAST = Duration.ofMillis(500);

  /** Of what an entry's size was so far each reply forgets so much, when entries get smaller. */
  private static final double FORGETS = 0.2;

  /** Batches' worth that one reply may have when all partitions have entries at once. */
  private static final long BURST = 4;

  private int size = FIRST;
  private double entryBytes = 1;

  int size() {
    return size(ReplyBound.MOST);
  }

  /** Likewise, when a reply keeps so many bytes. */
  int size(long most) {
    return Math.clamp((long) (most / entryBytes), 1, size);
  }

  /**
   * How many of these to ask each stream for: a share of those that had entries last time, and
   * little more than all together where all have some at once. Urgent ones have shares of their
   * own.
   *
   * @param busy partitions of which the last reply had entries
   */
  static int each(int most, int busy, List<ReadUpTo> streams) {
    long urgent = streams.stream().filter(stream -> stream.stream().urgent()).count();
    long partitions = Math.max(1, Math.max(urgent, streams.size() - urgent));
    long share = most / Math.min(busy, partitions);
    return (int) Math.clamp(share, 1, Math.max(1, BURST * most / partitions));
  }

  /** Learns from a reply: at once when entries are larger, by and by when they are smaller. */
  void read(int entries, long bytes) {
    if (entries > 0) {
      double now = Math.max(1, (double) bytes / entries);
      entryBytes = now > entryBytes ? now : entryBytes + FORGETS * (now - entryBytes);
    }
  }

  /** Learns from a reply that did not come or could not be decoded: it may have been too large. */
  void failed() {
    size = Math.max(1, size() / 2);
  }

  /**
   * How many entries are worth a read and a commit of their own: of those that the stream serves as
   * many as the output writes in one statement, and of copies, for whose rows nobody waits, all
   * that are read at once.
   *
   * @param served whether the stream serves any
   */
  int worthARead(boolean served) {
    return served ? Math.min(OutputTable.ROWS_PER_STATEMENT, size()) : size();
  }

  /** Learns from a batch. */
  void wrote(int entries, Duration took) {
    if (took.compareTo(SLOW) > 0) {
      size = Math.min(size, Math.max(LEAST, size / 2));
    } else if (took.compareTo(FAST) < 0 && entries >= size()) {
      size = Math.min(MOST, size + size / 4 + 1);
    }
  }
}
