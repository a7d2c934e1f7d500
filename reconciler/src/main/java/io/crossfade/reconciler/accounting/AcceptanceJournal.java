package io.crossfade.reconciler.accounting;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.InstanceName;
import io.crossfade.db.RecordId;
import io.crossfade.db.process.LockedFile;
import io.crossfade.db.process.PrivateDirectory;
import io.crossfade.reconciler.ReconcilerMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.LongSupplier;
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

  private final JournalDirectory directory;
  private final int entries;
  private final long rollAfterNanos;
  private final Counter unnoted;
  private volatile @Nullable JournalSegment segment;
  private volatile @Nullable RecordId system;
  private volatile LongSupplier held = () -> 1;

  private @Nullable LockedFile lockFile;
  private boolean closed;

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
   * @param instance name of this process
   * @param entries in a segment, 32 bytes each
   * @param rollAfter age at which a segment is closed, full or not
   */
  public AcceptanceJournal(
      Path base, InstanceName instance, int entries, Duration rollAfter, MeterRegistry meters) {
    this.directory = new JournalDirectory(base.resolve(instance.text()));
    this.entries = entries;
    this.rollAfterNanos = rollAfter.toNanos();
    this.unnoted =
        Counter.builder(ReconcilerMeter.UNNOTED.id())
            .description(ReconcilerMeter.UNNOTED.description())
            .register(meters);
    roll();
  }

  /**
   * Says whose acceptances are noted, before the first of them: what a process leaves that died
   * before it ever saw the database is accounted for by the next one of the same system.
   */
  public void acceptsFor(RecordId owner) {
    try {
      belongsTo(owner);
    } catch (IOException e) {
      log.warn("Cannot say in {} whose acceptances these are: {}", directory.path(), e.toString());
    }
  }

  /** Says whose acceptances are noted, once that is known, or known better. */
  synchronized void belongsTo(RecordId owner) throws IOException {
    directory.belongsTo(owner);
    system = owner;
    JournalSegment current = segment;
    if (current != null) {
      current.belongsTo(owner);
    }
    Prepared prepared = next;
    if (prepared != null) {
      JournalSegment made = prepared();
      next = prepared;
      if (made != null) {
        made.belongsTo(owner);
      }
    }
  }

  /** Whether it is known that acceptances of this system are noted. */
  boolean isOf(RecordId owner) {
    return owner.equals(system);
  }

  /**
   * Tells how many records are in memory alone: what is left of them at the end is lost.
   *
   * @param inMemory asked when the journal is closed; without it a process that ends is one that
   *     died
   */
  public void holds(LongSupplier inMemory) {
    held = inMemory;
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

  /**
   * Closes the current segment when it is old, so that it can be accounted for. Begins again in a
   * new directory when somebody has removed the old one, with what was noted in it.
   */
  void rollIfOld() {
    JournalSegment current = segment;
    if (current == null) {
      rolled(null);
    } else if (!Files.exists(current.file())) {
      rolled(current);
    } else if (!current.isEmpty() && System.nanoTime() - segmentSince >= rollAfterNanos) {
      rolled(current);
    }
  }

  private void noteAgain(JournalSegment.Entry entry) {
    JournalSegment current = segment;
    while (current != null && !current.add(entry.kind(), entry.path(), entry.stamp(), entry.id())) {
      current = rolled(current);
    }
    if (current == null) {
      unnoted.increment();
    }
  }

  /** Says that this process lives, and up to when all that was accepted is written. */
  void alive(Instant writtenUntil) throws IOException {
    directory.alive(writtenUntil);
  }

  /** Where this process writes. */
  Path directory() {
    return directory.path();
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
    closed = true;
    segment = null;
    JournalSegment unused = prepared();
    if (unused != null) {
      Files.deleteIfExists(unused.file());
    }
    LockedFile channel = lockFile;
    if (channel != null) {
      if (held.getAsLong() == 0) {
        directory.endedWithNothingLeft();
      }
      // Gives the lock back.
      channel.close();
    }
  }

  private static boolean add(JournalSegment to, DeliveryPath path, AcceptedRecord accepted) {
    return to.add(accepted.kind(), path, accepted.acceptance().stamp(), accepted.acceptance().id());
  }

  /** The segment after that one; {@code null} when there is none. */
  private synchronized @Nullable JournalSegment rolled(@Nullable JournalSegment full) {
    if (segment == full && !closed) {
      roll();
      if (full != null && segment != null && !Files.exists(full.file())) {
        log.error("{} is gone; what it held is noted again", full.file());
        full.forEach(this::noteAgain);
      }
    }
    return segment;
  }

  private void roll() {
    try {
      open();
      segment = next();
      segmentSince = System.nanoTime();
      broken = false;
      prepare();
    } catch (IOException e) {
      segment = null;
      if (!broken) {
        log.error(
            "Cannot write the acceptance journal in {}: {}; records are accepted and not noted",
            directory.path(),
            e.toString());
      }
      broken = true;
    }
  }

  /** Makes the directory, when it is not there, and holds it. */
  private void open() throws IOException {
    if (lockFile != null && Files.exists(directory.lock())) {
      return;
    }
    PrivateDirectory.makeInside(directory.path());
    // Whoever adopts directories must not take this one for a dead process's.
    LockedFile taken = LockedFile.tryLock(directory.lock());
    if (taken == null) {
      throw new IOException("Another process holds " + directory.lock());
    }
    LockedFile before = lockFile;
    lockFile = taken;
    if (before != null) {
      before.close();
    }
    RecordId owner = system;
    if (owner != null) {
      directory.belongsTo(owner);
    }
  }

  private JournalSegment next() throws IOException {
    JournalSegment prepared = prepared();
    return prepared == null || !Files.exists(prepared.file())
        ? JournalSegment.create(newFile(), entries, system)
        : prepared;
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
        new FutureTask<>(() -> JournalSegment.create(file, entries, system));
    next = new Prepared(file, making);
    Thread.ofPlatform().name("acceptance-journal").daemon(true).start(making);
  }

  private Path newFile() {
    return directory.path().resolve("%08d%s".formatted(++number, JournalDirectory.SUFFIX));
  }
}
