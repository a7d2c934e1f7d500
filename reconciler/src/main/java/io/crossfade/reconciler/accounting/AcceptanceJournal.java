package io.crossfade.reconciler.accounting;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.reconciler.ReconcilerMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes each record that a path accepted, before the device is answered, in a file that survives
 * the process. Costs an acceptance a few memory writes and never fails it: what cannot be noted is
 * counted.
 */
public final class AcceptanceJournal implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(AcceptanceJournal.class);

  /**
   * Held by the process that writes a directory; whoever gets it knows that the process is gone.
   */
  static final String LOCK = "lock";

  static final String SUFFIX = ".journal";

  private final Path directory;
  private final int entries;
  private final long rollAfterNanos;
  private final FileChannel lockFile;
  private final @Nullable FileLock lock;
  private final Counter unnoted;
  private volatile @Nullable JournalSegment segment;

  private @Nullable Prepared next;
  private long segmentSince;
  private int number;
  private boolean broken;

  /**
   * A segment that is made while the current one is filled: making one writes all of it, and
   * whoever accepts would wait for the disk.
   */
  private record Prepared(Path file, FutureTask<JournalSegment> making) {}

  /**
   * @param base directory of all instances on this machine
   * @param instance name of this process; no other one, before or after, has it
   * @param entries in a segment, 32 bytes each
   * @param rollAfter age at which a segment is closed, full or not
   */
  public AcceptanceJournal(
      Path base, String instance, int entries, Duration rollAfter, MeterRegistry meters)
      throws IOException {
    this.directory = Files.createDirectories(base.resolve(instance));
    this.entries = entries;
    this.rollAfterNanos = rollAfter.toNanos();
    this.unnoted =
        Counter.builder(ReconcilerMeter.UNNOTED.id())
            .description(ReconcilerMeter.UNNOTED.description())
            .register(meters);
    this.lockFile =
        FileChannel.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    this.lock = lockFile.tryLock();
    roll();
  }

  /** Notes records that a path has taken. */
  public void accepted(DeliveryPath path, List<? extends AcceptedRecord> records) {
    for (AcceptedRecord accepted : records) {
      JournalSegment current = segment;
      while (current != null && !add(current, path, accepted)) {
        current = rolled(current);
      }
      if (current == null) {
        unnoted.increment();
      }
    }
  }

  /** Closes the current segment when it is old, so that it can be accounted for. */
  void rollIfOld() {
    JournalSegment current = segment;
    if (current == null
        || (!current.isEmpty() && System.nanoTime() - segmentSince >= rollAfterNanos)) {
      rolled(current);
    }
  }

  /** Where this process writes. */
  Path directory() {
    return directory;
  }

  /** Whether this process writes a file, now or next; it must not be accounted for yet. */
  synchronized boolean writes(Path file) {
    JournalSegment current = segment;
    Prepared prepared = next;
    return (current != null && file.equals(current.file()))
        || (prepared != null && file.equals(prepared.file()));
  }

  /** Ends the noting; what was noted stays until it is accounted for. */
  @Override
  public synchronized void close() throws IOException {
    segment = null;
    JournalSegment unused = prepared();
    if (unused != null) {
      Files.deleteIfExists(unused.file());
    }
    if (lock != null) {
      lock.release();
    }
    lockFile.close();
  }

  private static boolean add(JournalSegment to, DeliveryPath path, AcceptedRecord accepted) {
    return to.add(accepted.kind(), path, accepted.acceptance().stamp(), accepted.acceptance().id());
  }

  /** The segment after that one; {@code null} when there is none. */
  private synchronized @Nullable JournalSegment rolled(@Nullable JournalSegment full) {
    if (segment == full && lockFile.isOpen()) {
      roll();
    }
    return segment;
  }

  private void roll() {
    try {
      segment = next();
      segmentSince = System.nanoTime();
      broken = false;
      prepare();
    } catch (IOException e) {
      segment = null;
      if (!broken) {
        log.error(
            "Cannot write the acceptance journal in {}: {}; records are accepted and not noted",
            directory,
            e.toString());
      }
      broken = true;
    }
  }

  private JournalSegment next() throws IOException {
    JournalSegment prepared = prepared();
    return prepared == null ? JournalSegment.create(newFile(), entries) : prepared;
  }

  /** The segment that was made ahead; {@code null} when that failed. */
  private @Nullable JournalSegment prepared() {
    Prepared prepared = next;
    next = null;
    if (prepared == null) {
      return null;
    }
    try {
      return prepared.making().get();
    } catch (ExecutionException e) {
      log.debug("No segment was made ahead: {}", String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return null;
  }

  private void prepare() {
    Path file = newFile();
    FutureTask<JournalSegment> making =
        new FutureTask<>(() -> JournalSegment.create(file, entries));
    next = new Prepared(file, making);
    Thread.ofPlatform().name("acceptance-journal").daemon(true).start(making);
  }

  private Path newFile() {
    return directory.resolve("%08d%s".formatted(++number, SUFFIX));
  }
}
