package io.crossfade.stream;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.RecordCodec;
import io.crossfade.db.RecordWeight;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.NoRoomException;
import io.crossfade.db.budget.Stage;
import io.crossfade.db.process.LoopStep;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Appends records to their streams, and collects appends into few writes to the socket without a
 * thread or a pause: while Redis has appends to answer, new ones gather, and its answers send them
 * off. Copies, which nobody waits for, gather for some milliseconds; they have a connection and a
 * share of what may be in flight of their own, so that they never stand in the way of what the
 * stream serves.
 */
public final class StreamAppender implements SmartLifecycle {

  private static final Duration LOOK_EVERY = Duration.ofMillis(50);

  private static final Duration LIVE_EVERY = Duration.ofSeconds(5);

  /** Itself, its entry, and the command with its own copy of that. */
  private static final int FORMS_OF_A_RECORD = 3;

  /** Copies gather so long at most. */
  private static final Duration GATHER = Duration.ofMillis(10);

  /**
   * One of two ways to Redis.
   *
   * @param most appends in flight
   * @param awaited whether somebody waits for them
   * @param lease what they take of the budget
   */
  private record Lane(AppendLink link, int most, Semaphore room, boolean awaited, Lease lease) {

    private Lane(RedisLinks links, int most, boolean awaited, Lease lease) {
      this(new AppendLink(links), most, new Semaphore(most), awaited, lease);
    }

    private int inFlight() {
      return most - room.availablePermits();
    }

    private void settle(Duration patience) throws InterruptedException {
      if (room.tryAcquire(most, patience.toNanos(), TimeUnit.NANOSECONDS)) {
        room.release(most);
      }
    }
  }

  private final Lane served;
  private final Lane copies;
  private final StreamLayout layout;
  private final LayoutAnnouncement announcement;
  private final Map<StreamName, byte[]> keys = new HashMap<>();
  private final Map<StreamName, Counter> appended = new HashMap<>();
  private final Map<StreamName, Counter> failed = new HashMap<>();
  private final Timer latency;
  private final Duration timeout;
  private final Queue<PendingAppend> pending = new ConcurrentLinkedQueue<>();
  private final Loops loops;
  private final List<SupervisedLoop> upkeep = new ArrayList<>();

  private volatile boolean running;

  StreamAppender(
      RedisLinks links,
      StreamSettings settings,
      Loops loops,
      MeterRegistry meters,
      ByteBudget budget) {
    this.loops = loops;
    this.served =
        new Lane(links, settings.maxInFlight(), /* awaited= */ true, budget.lease(Stage.APPENDS));
    this.copies =
        new Lane(links, settings.maxInFlight(), /* awaited= */ false, budget.lease(Stage.COPIES));
    this.timeout = settings.appendTimeout();
    this.layout = new StreamLayout(settings.partitions());
    this.announcement = new LayoutAnnouncement(links, settings);
    for (StreamName stream : StreamName.values()) {
      for (StreamName partition : layout.of(stream)) {
        keys.put(partition, settings.key(partition).getBytes(StandardCharsets.UTF_8));
      }
      appended.put(stream, counter(StreamMeter.APPENDED, stream, meters));
      failed.put(stream, counter(StreamMeter.APPEND_FAILED, stream, meters));
    }
    this.latency =
        Timer.builder(StreamMeter.APPEND.id())
            .description(StreamMeter.APPEND.description())
            .publishPercentileHistogram()
            .register(meters);
    gauge(served, "served", meters);
    gauge(copies, "copies", meters);
  }

  /**
   * Before it starts: something will be appended. Then whoever appends first does not have to wait
   * until everybody has heard into how many partitions this process cuts the streams.
   */
  public void willAppend() {
    announcement.want();
  }

  @Override
  public void start() {
    running = true;
    keepOpen();
    awaitAnnouncement();
    every(LOOK_EVERY, StreamLoop.APPEND_CONNECTION, this::keepOpen);
    every(LOOK_EVERY, StreamLoop.APPEND_TIMEOUT, this::sweep);
    every(GATHER, StreamLoop.APPEND_COPIES, copies.link()::sendGathered);
    every(LIVE_EVERY, StreamLoop.APPEND_LAYOUT, announcement::keepAlive);
  }

  /** Before devices are answered: what they send meanwhile would fall back. */
  private void awaitAnnouncement() {
    long end = System.nanoTime() + LayoutAnnouncement.LEAD.plus(LOOK_EVERY).toNanos();
    try {
      while (served.link().connection() != null
          && announcement.pending()
          && System.nanoTime() < end) {
        TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
        announcement.proceed();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until Redis has answered what it was sent, or has had its time to. */
  @Override
  public void stop() {
    try {
      served.settle(timeout);
      copies.settle(timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    upkeep.forEach(SupervisedLoop::beginStop);
    upkeep.forEach(loop -> loop.stop(timeout));
    upkeep.clear();
    if (served.link().connection() != null) {
      announcement.keepAlive();
    }
    served.link().close();
    copies.link().close();
    served.lease().close();
    copies.lease().close();
    running = false;
  }

  private void keepOpen() {
    served.link().keepOpen();
    copies.link().keepOpen();
    if (served.link().connection() != null) {
      announcement.proceed();
    }
  }

  private void every(Duration delay, StreamLoop name, Runnable task) {
    upkeep.add(
        loops.start(
            name,
            "",
            loop -> {
              task.run();
              return LoopStep.Next.after(delay);
            }));
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return StreamPipeline.PHASE;
  }

  /**
   * Sends each record to its stream and waits for nothing.
   *
   * @return the ids that Redis gave the entries, in the order of the records, once all are
   *     confirmed; fails when one is not confirmed in time, and then any of them may or may not be
   *     in its stream; with a {@link NoRoomException} when none of them was sent for want of room
   */
  public CompletableFuture<List<String>> append(List<? extends AcceptedRecord> records) {
    return append(records, served);
  }

  /**
   * As {@link #append(List)}, for copies, which nobody waits for: many of them share a write, and
   * none is in the way of what {@link #append(List)} is given.
   */
  public CompletableFuture<List<String>> appendCopies(List<? extends AcceptedRecord> records) {
    return append(records, copies);
  }

  private CompletableFuture<List<String>> append(
      List<? extends AcceptedRecord> records, Lane lane) {
    AppendConnection taker = lane.link().connection();
    if (taker == null) {
      return refused(records, "Redis is away");
    }
    if (!announcement.ready()) {
      announcement.want();
      return refused(records, "not everybody knows the partitions of this process yet");
    }
    if (!lane.room().tryAcquire(records.size())) {
      return refused(records, "too many appends are waiting for Redis");
    }
    try {
      lane.lease().take(RecordWeight.of(records) * FORMS_OF_A_RECORD);
    } catch (NoRoomException e) {
      lane.room().release(records.size());
      records.forEach(accepted -> count(failed, accepted));
      return CompletableFuture.failedFuture(e);
    }
    PendingAppend append = new PendingAppend(taker, records.size(), System.nanoTime());
    for (int i = 0; i < records.size(); i++) {
      send(records.get(i), taker, lane, append, i);
    }
    taker.taken(records.size(), lane.awaited());
    pending.add(append);
    return append;
  }

  /** Whether Redis has answered all that was sent. */
  public boolean settled() {
    return served.inFlight() == 0 && copies.inFlight() == 0;
  }

  /** One look at the oldest appends now and then costs less than a timer per append. */
  private void sweep() {
    long now = System.nanoTime();
    for (PendingAppend oldest = pending.peek();
        oldest != null && oldest.expire(now, timeout.toNanos());
        oldest = pending.peek()) {
      pending.remove();
    }
  }

  private void send(
      AcceptedRecord accepted, AppendConnection taker, Lane lane, PendingAppend append, int index) {
    try {
      byte[] key = Objects.requireNonNull(keys.get(layout.of(accepted)));
      var reply = taker.append(key, RecordCodec.encode(accepted));
      reply.whenComplete(
          (id, failure) -> answered(accepted, taker, lane, append, index, id, failure));
    } catch (RuntimeException e) {
      answered(accepted, taker, lane, append, index, null, e);
    }
  }

  private void answered(
      AcceptedRecord accepted,
      AppendConnection taker,
      Lane lane,
      PendingAppend append,
      int index,
      @Nullable String id,
      @Nullable Throwable failure) {
    lane.lease().give(RecordWeight.of(accepted) * FORMS_OF_A_RECORD);
    lane.room().release();
    taker.answered(failure);
    if (failure == null && id != null) {
      count(appended, accepted);
      if (append.confirmed(index, id)) {
        latency.record(append.age(System.nanoTime()), TimeUnit.NANOSECONDS);
      }
    } else {
      count(failed, accepted);
      append.failed(failure == null ? new RedisException("Redis gave no id") : failure);
    }
  }

  private CompletableFuture<List<String>> refused(
      List<? extends AcceptedRecord> records, String reason) {
    records.forEach(accepted -> count(failed, accepted));
    return CompletableFuture.failedFuture(
        new RedisException("Cannot append %d records: %s".formatted(records.size(), reason)));
  }

  private static void gauge(Lane lane, String name, MeterRegistry meters) {
    Gauge.builder(StreamMeter.IN_FLIGHT.id(), lane::inFlight)
        .description(StreamMeter.IN_FLIGHT.description())
        .tag("lane", name)
        .register(meters);
  }

  private static void count(Map<StreamName, Counter> counters, AcceptedRecord accepted) {
    Objects.requireNonNull(counters.get(StreamName.of(accepted))).increment();
  }

  private static Counter counter(StreamMeter meter, StreamName stream, MeterRegistry meters) {
    return Counter.builder(meter.id())
        .description(meter.description())
        .tag("stream", stream.key())
        .register(meters);
  }
}
