package io.crossfade.reconciler.accounting;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.reconciler.ReconcilerMeter;
import io.crossfade.reconciler.WrittenUntil;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts for the segments of this process, and for those that a dead process left in the same
 * directory, as soon as both paths are past them.
 */
public final class Accounting implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Accounting.class);

  private final AccountingSettings settings;
  private final AcceptanceJournal journal;
  private final Accountant accountant;
  private final DiedCopies diedCopies;
  private final AccountBook book;
  private final WrittenUntil writtenUntil;
  private final MeterRegistry meters;
  private final ScheduledExecutorService schedule =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("accounting").daemon(true).factory());

  /** Left by dead processes whose died copies are noted: once is enough. */
  private final Set<Path> adopted = new HashSet<>();

  private volatile int open;

  Accounting(
      AccountingSettings settings,
      AcceptanceJournal journal,
      Accountant accountant,
      DiedCopies diedCopies,
      AccountBook book,
      WrittenUntil writtenUntil,
      MeterRegistry meters) {
    this.settings = settings;
    this.journal = journal;
    this.accountant = accountant;
    this.diedCopies = diedCopies;
    this.book = book;
    this.writtenUntil = writtenUntil;
    this.meters = meters;
    Gauge.builder(ReconcilerMeter.OPEN_SEGMENTS.id(), () -> open)
        .description(ReconcilerMeter.OPEN_SEGMENTS.description())
        .register(meters);
    // An alert on an increase needs a series that was there before.
    for (Kind kind : Kind.values()) {
      for (DeliveryPath path : DeliveryPath.values()) {
        count(kind, path, "lost", 0);
      }
    }
  }

  /** Begins. */
  public void start() {
    long every = settings.every().toMillis();
    schedule.scheduleWithFixedDelay(this::account, every, every, TimeUnit.MILLISECONDS);
  }

  /** Leaves what is not accounted for to the next process. */
  @Override
  public void close() {
    schedule.shutdownNow();
  }

  private void account() {
    try {
      journal.rollIfOld();
      Optional<Instant> until = writtenUntil.now();
      int waiting = 0;
      try (Stream<Path> directories = Files.list(settings.directory())) {
        for (Path directory : directories.filter(Files::isDirectory).toList()) {
          waiting +=
              directory.equals(journal.directory())
                  ? account(directory, until.orElse(Instant.MIN))
                  : adopt(directory, until.orElse(Instant.MIN));
        }
      }
      open = waiting;
    } catch (InterruptedException e) {
      log.debug("Accounting ends");
    } catch (IOException | SQLException | RuntimeException e) {
      log.warn("Cannot account for what was accepted: {}; trying again", e.toString());
    }
  }

  /** Accounts for a directory if its process is gone, and removes it when that is done. */
  private int adopt(Path directory, Instant until)
      throws IOException, SQLException, InterruptedException {
    Path lockFile = directory.resolve(AcceptanceJournal.LOCK);
    try (FileChannel channel =
            FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        return 0;
      }
      if (!adopted.contains(directory)) {
        diedCopies.note(segments(directory));
        adopted.add(directory);
      }
      int waiting = account(directory, until);
      if (waiting == 0) {
        adopted.remove(directory);
        Files.deleteIfExists(lockFile);
        Files.deleteIfExists(directory);
      }
      return waiting;
    } catch (OverlappingFileLockException e) {
      log.debug("Another router of this process writes {}", directory);
      return 0;
    }
  }

  /** Accounts for the closed segments of a directory; says how many have to wait. */
  private int account(Path directory, Instant until)
      throws IOException, SQLException, InterruptedException {
    List<Path> segments = segments(directory);
    String instance = directory.getFileName().toString();
    int waiting = 0;
    for (Path segment : segments) {
      String name = instance + "/" + segment.getFileName();
      if (book.has(name)) {
        Files.deleteIfExists(segment);
      } else if (Accountant.lastAcceptance(segment).isBefore(until)) {
        Accountant.Result result = accountant.account(segment, instance);
        book.enter(name, result);
        Files.deleteIfExists(segment);
        count(result);
      } else if (segments.size() - waiting > settings.segments()) {
        log.error("More than {} segments wait; {} is given up", settings.segments(), name);
        Files.deleteIfExists(segment);
      } else {
        waiting++;
      }
    }
    return waiting;
  }

  /** The closed segments of a directory, oldest first. */
  private List<Path> segments(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> file.toString().endsWith(AcceptanceJournal.SUFFIX))
          .filter(file -> !journal.writes(file))
          .sorted()
          .toList();
    }
  }

  private void count(Accountant.Result result) {
    result
        .counts()
        .forEach(
            (account, of) -> {
              count(account.kind(), account.path(), "written", of.written);
              count(account.kind(), account.path(), "repeated", of.repeated);
              count(account.kind(), account.path(), "dead_letter", of.deadLetters);
              count(account.kind(), account.path(), "lost", of.lost);
            });
    if (!result.lost().isEmpty()) {
      log.error(
          "{} records were accepted and are in no output of their path, first {}",
          result.lost().size(),
          result.lost().getFirst().id());
    }
  }

  private void count(Kind kind, DeliveryPath path, String outcome, long records) {
    meters
        .counter(
            ReconcilerMeter.ACCOUNTED.id(),
            "kind",
            kind.label(),
            "path",
            path.label(),
            "outcome",
            outcome)
        .increment(records);
  }
}
