package io.crossfade.legacy;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.RecordWeight;
import io.crossfade.db.RetryPause;
import io.crossfade.db.RouteReason;
import io.crossfade.db.SqlFaults;
import io.crossfade.db.WriteAttempts;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.Stage;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.logging.OutageLog;
import io.crossfade.db.process.FatalErrors;
import io.crossfade.db.process.LoopStep.Next;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Queue and writers of one kind. What it holds dies with the process; a batch that the database
 * does not take now is tried again with growing pauses, a row it never takes goes to the dead
 * letters.
 */
final class LegacyQueue {

  private static final Logger log = LoggerFactory.getLogger(LegacyQueue.class);
  private static final long NOTHING = Long.MAX_VALUE;
  private static final Duration IDLE = Duration.ofMillis(200);

  /** Of the rows of one batch: beside many facts, few are enough to be written well. */
  private static final long MOST_BYTES = 1024 * 1024;

  /** As the driver gets it, and as it sends it. */
  private static final int FORMS_OF_A_ROW = 2;

  /** How long a write that is under way when the time is up may take. */
  private static final Duration LAST_WRITE = Duration.ofSeconds(2);

  private final Kind kind;
  private final QueueShape shape;
  private final Output output;
  private final DeadLetters deadLetters;
  private final InstantSource clock;
  private final BlockingQueue<AcceptedRecord> queue = new LinkedBlockingQueue<>();
  private final Semaphore room;

  /** For copies that wait for room; half as many as the queue holds. */
  private final Semaphore waitingRoom;

  private final Set<List<? extends AcceptedRecord>> waiting =
      Collections.newSetFromMap(Collections.synchronizedMap(new IdentityHashMap<>()));
  private final Loops loops;
  private final ByteBudget budget;

  /** What the records take that are held because they are served. */
  private final Lease served;

  /** What copies take, those that wait for room included. */
  private final Lease copied;

  private final List<SupervisedLoop> writers = new ArrayList<>();
  private final Counter accepted;
  private final Counter refused;
  private final Counter written;
  private final Counter dead;
  private final Counter lost;
  private final Counter retries;
  private final Timer write;
  private final Timer acceptToRow;

  /**
   * Of each writer, the acceptance stamp of the oldest record in its hands, or {@link #NOTHING}.
   */
  private final AtomicLongArray inHand;

  private final OutageLog outage;

  private volatile boolean accepting = true;
  private volatile Instant giveUpAt = Instant.MAX;

  LegacyQueue(
      Kind kind,
      QueueShape shape,
      Output output,
      DeadLetters deadLetters,
      InstantSource clock,
      MeterRegistry meters,
      Loops loops,
      ByteBudget budget) {
    this.loops = loops;
    this.budget = budget;
    this.served = budget.lease(Stage.QUEUE);
    this.copied = budget.lease(Stage.COPIES);
    this.kind = kind;
    this.outage = new OutageLog(log, "Cannot write %s records".formatted(kind.label()));
    this.shape = shape;
    this.output = output;
    this.deadLetters = deadLetters;
    this.clock = clock;
    this.room = new Semaphore(shape.capacity());
    this.waitingRoom = new Semaphore(Math.max(1, shape.capacity() / 2));
    this.inHand = new AtomicLongArray(shape.writers());
    for (int i = 0; i < shape.writers(); i++) {
      inHand.set(i, NOTHING);
    }
    this.accepted = counter(LegacyMeter.ACCEPTED, meters);
    this.refused = counter(LegacyMeter.REFUSED, meters);
    this.written = counter(LegacyMeter.WRITTEN, meters);
    this.dead = counter(LegacyMeter.DEAD, meters);
    this.lost = counter(LegacyMeter.LOST, meters);
    this.retries = counter(LegacyMeter.RETRIES, meters);
    this.write = timer(LegacyMeter.WRITE, meters);
    this.acceptToRow = timer(LegacyMeter.ACCEPT_TO_ROW, meters);
    gauge(LegacyMeter.HELD, this::held, meters);
    gauge(LegacyMeter.CAPACITY, shape::capacity, meters);
    gauge(LegacyMeter.HELD_BYTES, () -> served.held() + copied.held(), meters);
  }

  void start() {
    for (int i = 0; i < shape.writers(); i++) {
      Writer writer = new Writer(i);
      writers.add(
          loops.startDraining(LegacyLoop.WRITER, kind.label() + "-" + i, loop -> writer.step()));
    }
  }

  /**
   * Takes all records or, when there is no room for so many or for so many bytes, none. An upload
   * larger than the whole queue is taken piece by piece as room comes free, for as long as {@code
   * patience} allows; the rest is then refused.
   *
   * @return how many were taken
   */
  int offer(List<? extends AcceptedRecord> records, Duration patience) {
    int piece = records.size() <= shape.capacity() ? records.size() : shape.capacity() / 2;
    Instant deadline = clock.instant().plus(patience);
    for (int from = 0; from < records.size(); from += piece) {
      Duration wait = from == 0 ? Duration.ZERO : Duration.between(clock.instant(), deadline);
      List<? extends AcceptedRecord> next =
          records.subList(from, Math.min(records.size(), from + piece));
      if (!accepting || !take(next) || !acquireOrGive(next, wait)) {
        refused.increment(records.size() - from);
        return from;
      }
      queue.addAll(next);
      accepted.increment(next.size());
    }
    return records.size();
  }

  /**
   * Takes copies later, as room comes free, and waits for nothing: nobody is to be delayed by them.
   * Those that wait have a room of their own; what it has no place for is not taken.
   *
   * @param patience how long they wait for room in the queue
   * @param taken told once how many were taken, from the first on; at once or later, on some thread
   */
  void offerLater(List<? extends AcceptedRecord> copies, Duration patience, IntConsumer taken) {
    if (!accepting || !waitingRoom.tryAcquire(copies.size())) {
      taken.accept(0);
      return;
    }
    if (!take(copies)) {
      waitingRoom.release(copies.size());
      taken.accept(0);
      return;
    }
    Instant deadline = clock.instant().plus(patience);
    waiting.add(copies);
    Thread.ofVirtual()
        .name("legacy-waiting-" + kind.label())
        .start(
            () -> {
              int took = 0;
              try {
                took = takeUntil(copies, deadline);
              } finally {
                give(copies.subList(took, copies.size()));
                waitingRoom.release(copies.size());
                taken.accept(took);
                waiting.remove(copies);
              }
            });
  }

  private int takeUntil(List<? extends AcceptedRecord> copies, Instant deadline) {
    int piece = Math.min(copies.size(), Math.max(1, shape.capacity() / 2));
    for (int from = 0; from < copies.size(); from += piece) {
      List<? extends AcceptedRecord> next =
          copies.subList(from, Math.min(copies.size(), from + piece));
      if (!acquire(next.size(), Duration.between(clock.instant(), deadline))) {
        return from;
      }
      if (!accepting) {
        room.release(next.size());
        return from;
      }
      queue.addAll(next);
      accepted.increment(next.size());
    }
    return copies.size();
  }

  /** Takes what records take of the budget. */
  private boolean take(List<? extends AcceptedRecord> records) {
    long copies = copies(records);
    long others = RecordWeight.of(records) - copies;
    if (!copied.tryTake(copies)) {
      return false;
    }
    if (!served.tryTake(others)) {
      copied.give(copies);
      return false;
    }
    return true;
  }

  private void give(List<? extends AcceptedRecord> records) {
    long copies = copies(records);
    copied.give(copies);
    served.give(RecordWeight.of(records) - copies);
  }

  private static long copies(List<? extends AcceptedRecord> records) {
    long bytes = 0;
    for (AcceptedRecord accepted : records) {
      bytes += accepted.acceptance().reason() == RouteReason.MIRROR ? RecordWeight.of(accepted) : 0;
    }
    return bytes;
  }

  private boolean acquireOrGive(List<? extends AcceptedRecord> records, Duration patience) {
    boolean acquired = acquire(records.size(), patience);
    if (!acquired) {
      give(records);
    }
    return acquired;
  }

  private boolean acquire(int permits, Duration patience) {
    if (!patience.isPositive()) {
      return room.tryAcquire(permits);
    }
    try {
      return room.tryAcquire(permits, patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Records in the queue or in a batch. */
  int held() {
    return shape.capacity() - room.availablePermits();
  }

  int capacity() {
    return shape.capacity();
  }

  /** When the oldest record was accepted that is not written yet; empty when all are. */
  Optional<Instant> oldestHeld() {
    AcceptedRecord head = queue.peek();
    long oldest = head == null ? NOTHING : head.acceptance().stamp();
    for (int i = 0; i < inHand.length(); i++) {
      oldest = Math.min(oldest, inHand.get(i));
    }
    for (List<? extends AcceptedRecord> copies : waitingNow()) {
      for (AcceptedRecord copy : copies) {
        oldest = Math.min(oldest, copy.acceptance().stamp());
      }
    }
    return oldest == NOTHING ? Optional.empty() : Optional.of(AcceptanceStamp.instantOf(oldest));
  }

  private List<List<? extends AcceptedRecord>> waitingNow() {
    synchronized (waiting) {
      return List.copyOf(waiting);
    }
  }

  /**
   * From now on nothing is accepted, and the writers stop when the queue is empty or the time is
   * up.
   */
  void beginStop(Duration patience) {
    accepting = false;
    giveUpAt = clock.instant().plus(patience);
    writers.forEach(SupervisedLoop::beginStop);
  }

  /** Waits for the writers to end and returns how many records were left unwritten. */
  int awaitStop() {
    for (SupervisedLoop writer : writers) {
      Duration left = Duration.between(clock.instant(), giveUpAt);
      writer.stop(left.isPositive() ? left.plus(LAST_WRITE) : LAST_WRITE);
    }
    int left = held();
    served.close();
    copied.close();
    if (left > 0) {
      lost.increment(left);
      log.error(
          "Legacy {} queue stopped with {} records unwritten; they are lost", kind.label(), left);
    } else {
      log.info("Legacy {} queue drained, {} records written", kind.label(), (long) written.count());
    }
    return left;
  }

  /** Takes records from the queue and writes them; of several threads each has its own. */
  private final class Writer {

    private final int number;
    private final BatchAccumulator<AcceptedRecord> batch =
        new BatchAccumulator<>(shape.batchSize(), MOST_BYTES, RecordWeight::of, shape.flushAfter());
    private final Deque<AcceptedRecord> polled = new ArrayDeque<>();

    /** A batch that is not written yet; outlives whatever a step fails with. */
    private List<AcceptedRecord> taken = List.of();

    private RetryPause pauses = new RetryPause();
    private WriteAttempts attempts = new WriteAttempts();

    Writer(int number) {
      this.number = number;
    }

    Next step() throws InterruptedException {
      boolean open = accepting;
      if (taken.isEmpty()) {
        gather(open);
        if (batch.due(clock.instant()) || (!open && !batch.isEmpty())) {
          taken = batch.take();
        }
      }
      if (!taken.isEmpty()) {
        return write();
      }
      boolean more =
          open || !batch.isEmpty() || !polled.isEmpty() || (!queue.isEmpty() && !givenUp());
      return more ? Next.again() : Next.end();
    }

    private void gather(boolean open) throws InterruptedException {
      Duration patience = open ? batch.patience(clock.instant(), IDLE) : Duration.ZERO;
      if (polled.isEmpty() && (open || !givenUp())) {
        AcceptedRecord first =
            queue.poll(Math.min(patience.toNanos(), IDLE.toNanos()), TimeUnit.NANOSECONDS);
        if (first != null) {
          if (batch.isEmpty()) {
            inHand.set(number, first.acceptance().stamp());
          }
          polled.add(first);
          queue.drainTo(polled, batch.room() - 1);
        }
      }
      while (!polled.isEmpty() && !batch.isFull()) {
        batch.add(polled.remove(), clock.instant());
      }
    }

    /** Writes what was taken; when the database does not take it now, later. */
    private Next write() {
      try {
        writeOnce();
        pauses = new RetryPause();
        attempts = new WriteAttempts();
        outage.worked();
        return Next.again();
      } catch (SQLException | RuntimeException e) {
        FatalErrors.endIfFatal(e);
        if (!accepting && givenUp()) {
          return Next.end();
        }
        retries.increment();
        Duration pause = pauses.next();
        outage.failed(
            "%s, %d records, first %s"
                .formatted(
                    SqlFaults.describe(e), taken.size(), taken.getFirst().acceptance().id()));
        return Next.after(pause);
      }
    }

    private void writeOnce() throws SQLException {
      List<AcceptedRecord> rows = taken;
      long begin = System.nanoTime();
      List<Output.Rejection> rejections;
      try (Lease sent = budget.lease(Stage.WRITES)) {
        // Bounded by the number of writers; to refuse it would keep what is held for ever.
        sent.takeAnyway(RecordWeight.of(rows) * FORMS_OF_A_ROW);
        rejections = attempts.write(output, rows);
      }
      write.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
      List<Letter> letters = new ArrayList<>();
      for (Output.Rejection rejection : rejections) {
        letters.add(Letter.rejected(DeadLetters.Source.LEGACY, rejection, 1));
        log.warn(
            "Legacy output refuses {} record {}: {}; put aside",
            kind.label(),
            rejection.rejected().acceptance().id(),
            rejection.reason());
      }
      int kept = deadLetters.keep(letters);
      // From here on these rows are nobody's any more, whatever fails.
      taken = List.of();
      AcceptedRecord next = polled.peek();
      inHand.set(number, next == null ? NOTHING : next.acceptance().stamp());
      give(rows);
      room.release(rows.size());
      dead.increment(kept);
      written.increment(rows.size() - letters.size());
      Instant now = clock.instant();
      for (AcceptedRecord row : rows) {
        acceptToRow.record(
            Duration.between(AcceptanceStamp.instantOf(row.acceptance().stamp()), now));
      }
    }
  }

  private boolean givenUp() {
    return !clock.instant().isBefore(giveUpAt);
  }

  private Counter counter(LegacyMeter meter, MeterRegistry meters) {
    return Counter.builder(meter.id())
        .description(meter.description())
        .tag("kind", kind.label())
        .register(meters);
  }

  private Timer timer(LegacyMeter meter, MeterRegistry meters) {
    return Timer.builder(meter.id())
        .description(meter.description())
        .tag("kind", kind.label())
        .publishPercentileHistogram()
        .register(meters);
  }

  private void gauge(
      LegacyMeter meter, java.util.function.Supplier<Number> value, MeterRegistry meters) {
    Gauge.builder(meter.id(), value)
        .description(meter.description())
        .tag("kind", kind.label())
        .register(meters);
  }
}
