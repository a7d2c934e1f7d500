package io.crossfade.reconciler.accounting;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.control.LostRecords;
import io.crossfade.db.control.SystemIdentity;
import io.crossfade.db.logging.OutageLog;
import io.crossfade.db.process.LockedFile;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.PrivateDirectory;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.reconciler.ReconcilerLoop;
import io.crossfade.reconciler.ReconcilerMeter;
import io.crossfade.reconciler.WrittenUntil;
import io.crossfade.reconciler.accounting.DiedCopies.LastSeconds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts for the segments of this process, and for those that a dead process left in the same
 * directory, as soon as both paths are past them.
 */
public final class Accounting implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Accounting.class);
  private static final Duration STOP_PATIENCE = Duration.ofMillis(500);

  private final AccountingSettings settings;
  private final AcceptanceJournal journal;
  private final Accountant accountant;
  private final DiedCopies diedCopies;
  private final AccountBook book;
  private final SystemIdentity identity;
  private final WrittenUntil writtenUntil;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final Counter aside;
  private @Nullable SupervisedLoop loop;

  /** Where what cannot be read is put aside, for people. */
  private static final String ASIDE = "aside";

  /** How long records of kinds that this process has not are left to a process that has them. */
  private static final Duration FOR_OTHERS = Duration.ofHours(1);

  /** What dead processes noted in their last seconds, by directory. */
  private final Map<Path, Optional<LastSeconds>> adopted = new HashMap<>();

  /** Directories of other systems, of which was said that they are left alone. */
  private final Set<Path> foreign = new HashSet<>();

  /** Segments of which was said that they are left to others. */
  private final Set<Path> left = new HashSet<>();

  private final OutageLog outage = new OutageLog(log, "Cannot account for what was accepted");
  private volatile int open;

  Accounting(
      AccountingSettings settings,
      AcceptanceJournal journal,
      Accountant accountant,
      DiedCopies diedCopies,
      AccountBook book,
      SystemIdentity identity,
      WrittenUntil writtenUntil,
      InstantSource clock,
      MeterRegistry meters) {
    this.settings = settings;
    this.journal = journal;
    this.accountant = accountant;
    this.diedCopies = diedCopies;
    this.book = book;
    this.identity = identity;
    this.aside =
        Counter.builder(ReconcilerMeter.ASIDE.id())
            .description(ReconcilerMeter.ASIDE.description())
            .register(meters);
    this.writtenUntil = writtenUntil;
    this.clock = clock;
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
  void start(Loops loops) {
    loop =
        loops.start(
            ReconcilerLoop.ACCOUNTING,
            "",
            self -> {
              if (self.rest(settings.every())) {
                account();
              }
              return Next.again();
            });
  }

  /** Leaves what is not accounted for to the next process. */
  @Override
  public void close() {
    SupervisedLoop started = loop;
    if (started != null) {
      started.stop(STOP_PATIENCE);
    }
  }

  void account() {
    try {
      journal.rollIfOld();
      RecordId system = identity.read();
      if (!journal.isOf(system)) {
        journal.belongsTo(system);
      }
      Optional<Instant> until = writtenUntil.now();
      if (until.isPresent()) {
        journal.alive(until.get());
      }
      int waiting = 0;
      for (Path directory : directories()) {
        waiting += account(directory, system, until.orElse(Instant.MIN));
      }
      open = waiting;
      outage.worked();
    } catch (InterruptedException e) {
      log.debug("Accounting ends");
    } catch (IOException | SQLException | RuntimeException e) {
      outage.failed(e.toString());
    }
  }

  private List<Path> directories() throws IOException {
    try (Stream<Path> directories = Files.list(settings.directory())) {
      return directories
          .filter(Files::isDirectory)
          .filter(directory -> !directory.endsWith(ASIDE))
          .sorted()
          .toList();
    }
  }

  /** One directory that cannot be read must not stop the others. */
  private int account(Path directory, RecordId system, Instant until)
      throws SQLException, InterruptedException {
    try {
      JournalDirectory of = new JournalDirectory(directory);
      return directory.equals(journal.directory())
          ? account(of, until, null)
          : adopt(of, system, until);
    } catch (IOException | RuntimeException e) {
      log.warn("Cannot account for what {} holds: {}; trying again", directory, e.toString());
      return 1;
    }
  }

  /** Accounts for a directory if its process is gone, and removes it when that is done. */
  private int adopt(JournalDirectory directory, RecordId system, Instant until)
      throws IOException, SQLException, InterruptedException {
    try (LockedFile lock = LockedFile.tryLock(directory.lock())) {
      if (lock == null) {
        return 0;
      }
      if (directory.isForeignTo(system)) {
        if (foreign.add(directory.path())) {
          log.warn(
              "{} was written by another system, or by one that did not know its id; left alone",
              directory.path());
        }
        return 0;
      }
      for (Path segment : directory.segments()) {
        if (!JournalDirectory.isReadable(segment)) {
          putAside(segment, directory);
        }
      }
      Accountant.Dead dead = dead(directory);
      noteDiedCopies(directory, dead);
      int waiting = account(directory, until, dead);
      if (waiting == 0) {
        adopted.remove(directory.path());
        directory.remove();
      }
      return waiting;
    }
  }

  /** How its process ended; {@code null} when nothing can have died with it. */
  private Accountant.@Nullable Dead dead(JournalDirectory directory) throws IOException {
    if (directory.hasEndedWithNothingLeft()) {
      return null;
    }
    Optional<JournalDirectory.Alive> last = directory.lastAlive();
    Instant alive = last.map(JournalDirectory.Alive::at).orElse(Instant.EPOCH);
    for (Path segment : directory.segments()) {
      Instant accepted = JournalSegment.read(segment).last();
      alive = accepted.isAfter(alive) ? accepted : alive;
    }
    return new Accountant.Dead(
        new LostRecords.Death(alive, clock.instant()),
        last.map(JournalDirectory.Alive::writtenUntil).orElse(Instant.MIN));
  }

  private void noteDiedCopies(JournalDirectory directory, Accountant.@Nullable Dead dead)
      throws IOException, SQLException {
    if (dead == null) {
      return;
    }
    Optional<LastSeconds> last = adopted.get(directory.path());
    if (last == null) {
      last = DiedCopies.lastSeconds(directory.segments(), dead.writtenUntil());
      adopted.put(directory.path(), last);
    }
    if (last.isPresent()) {
      diedCopies.note(last.get());
    }
  }

  /** Accounts for the closed segments of a directory; says how many have to wait. */
  private int account(JournalDirectory directory, Instant until, Accountant.@Nullable Dead dead)
      throws IOException, SQLException, InterruptedException {
    List<Path> segments =
        directory.segments().stream().filter(file -> !journal.writes(file)).toList();
    int waiting = 0;
    for (Path segment : segments) {
      String name = directory.instance() + "/" + segment.getFileName();
      try {
        if (book.has(name)) {
          Files.deleteIfExists(segment);
          continue;
        }
        JournalSegment.Reading reading = JournalSegment.read(segment);
        if (reading.last().isBefore(until) && !isForOthers(segment, reading)) {
          Accountant.Result result = accountant.account(segment, directory.instance(), dead);
          book.enter(name, result);
          putAway(segment, reading.bad(), directory);
          count(result);
        } else if (segments.size() - waiting > settings.segments()) {
          log.error("More than {} segments wait; {} is given up", settings.segments(), name);
          Files.deleteIfExists(segment);
        } else {
          waiting++;
        }
      } catch (IOException | RuntimeException e) {
        log.error("{} cannot be accounted for: {}", name, e.toString());
        putAside(segment, directory);
      }
    }
    return waiting;
  }

  /**
   * Whether it holds records of kinds that this process has not, so that one that has them must
   * account for it: while kinds come or go, processes with and without stand side by side. Nobody
   * may be left who has them, so the time for that is bounded.
   */
  private boolean isForOthers(Path segment, JournalSegment.Reading reading) {
    boolean leave = reading.lastOfOthers().isAfter(clock.instant().minus(FOR_OTHERS));
    if (leave && left.add(segment)) {
      log.warn(
          "{} holds records of kinds that this process has not; left for {} to one that has them",
          segment,
          FOR_OTHERS);
    }
    return leave;
  }

  /** Deletes a segment that is accounted for; one with bad records is put aside instead. */
  private void putAway(Path segment, int bad, JournalDirectory directory) throws IOException {
    left.remove(segment);
    if (bad == 0) {
      Files.deleteIfExists(segment);
    } else {
      log.error("{} of the records in {} are none", bad, segment);
      putAside(segment, directory);
    }
  }

  private void putAside(Path segment, JournalDirectory directory) throws IOException {
    Path to = settings.directory().resolve(ASIDE);
    PrivateDirectory.makeInside(to);
    Path file = to.resolve(directory.instance() + "-" + segment.getFileName());
    if (Files.exists(segment)) {
      Files.move(segment, file, StandardCopyOption.REPLACE_EXISTING);
      log.error("{} is put aside as {}; somebody should look at it", segment, file);
    }
    aside.increment();
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
