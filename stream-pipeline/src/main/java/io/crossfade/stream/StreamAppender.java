package io.crossfade.stream;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.RecordCodec;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends records to their streams, and collects appends into few writes to the socket without a
 * thread or a pause: while Redis has appends to answer, new ones gather, and its answers send them
 * off.
 */
public final class StreamAppender implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(StreamAppender.class);

  /** The one field of an entry: a record as {@link RecordCodec} writes it. */
  static final byte[] FIELD = {'r'};

  private static final Duration SWEEP_EVERY = Duration.ofMillis(50);

  private final RedisLinks links;
  private final ReentrantLock connecting = new ReentrantLock();
  private final Map<StreamName, byte[]> keys = new EnumMap<>(StreamName.class);
  private final Map<StreamName, Counter> appended = new EnumMap<>(StreamName.class);
  private final Map<StreamName, Counter> failed = new EnumMap<>(StreamName.class);
  private final Timer latency;
  private final Semaphore inFlight;
  private final FlushPacer pacer = new FlushPacer();
  private final Duration timeout;
  private final Queue<PendingAppend> pending = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;

  StreamAppender(RedisLinks links, StreamSettings settings, MeterRegistry meters) {
    this.links = links;
    this.inFlight = new Semaphore(settings.maxInFlight());
    this.timeout = settings.appendTimeout();
    for (StreamName stream : StreamName.values()) {
      keys.put(stream, settings.key(stream).getBytes(StandardCharsets.UTF_8));
      appended.put(stream, counter(StreamMeter.APPENDED, stream, meters));
      failed.put(stream, counter(StreamMeter.APPEND_FAILED, stream, meters));
    }
    this.latency =
        Timer.builder(StreamMeter.APPEND.id())
            .description(StreamMeter.APPEND.description())
            .publishPercentileHistogram()
            .register(meters);
    Gauge.builder(
            StreamMeter.IN_FLIGHT.id(), () -> settings.maxInFlight() - inFlight.availablePermits())
        .description(StreamMeter.IN_FLIGHT.description())
        .register(meters);
    try {
      commands();
    } catch (RedisException e) {
      log.warn("Redis is away at start: {}; appends try again", e.getMessage());
    }
    Thread.ofPlatform().name("append-deadlines").daemon(true).start(this::sweepUntilClosed);
  }

  /**
   * Sends each record to its stream and waits for nothing.
   *
   * @return the ids that Redis gave the entries, in the order of the records, once all are
   *     confirmed; fails when one is not confirmed in time, and then any of them may or may not be
   *     in its stream
   */
  public CompletableFuture<List<String>> append(List<? extends AcceptedRecord> records) {
    if (!inFlight.tryAcquire(records.size())) {
      records.forEach(accepted -> count(failed, accepted));
      return CompletableFuture.failedFuture(
          new RedisException(
              "Cannot append %d records: too many appends are waiting for Redis"
                  .formatted(records.size())));
    }
    PendingAppend append = new PendingAppend(records.size(), System.nanoTime());
    for (int i = 0; i < records.size(); i++) {
      send(records.get(i), append, i);
    }
    pacer.appended(records.size());
    pending.add(append);
    return append;
  }

  @Override
  public void close() {
    closed.countDown();
  }

  /** One look at the oldest appends now and then costs less than a timer per append. */
  private void sweepUntilClosed() {
    try {
      while (!closed.await(SWEEP_EVERY.toNanos(), TimeUnit.NANOSECONDS)) {
        long now = System.nanoTime();
        for (PendingAppend oldest = pending.peek();
            oldest != null && oldest.expire(now, timeout.toNanos());
            oldest = pending.peek()) {
          pending.remove();
        }
        PendingAppend slow = pending.peek();
        if (slow != null && slow.age(now) >= SWEEP_EVERY.toNanos()) {
          flushOnceMore();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whatever goes wrong with it, the sweep goes on: without it no append would time out. */
  private void flushOnceMore() {
    try {
      pacer.overdue();
    } catch (RuntimeException e) {
      log.debug("Cannot flush: {}", e.getMessage());
    }
  }

  private void send(AcceptedRecord accepted, PendingAppend append, int index) {
    try {
      byte[] key = Objects.requireNonNull(keys.get(StreamName.of(accepted)));
      var reply = commands().xadd(key, Map.of(FIELD, RecordCodec.encode(accepted)));
      reply.whenComplete((id, failure) -> answered(accepted, append, index, id, failure));
    } catch (RuntimeException e) {
      answered(accepted, append, index, null, e);
    }
  }

  private void answered(
      AcceptedRecord accepted,
      PendingAppend append,
      int index,
      @Nullable String id,
      @Nullable Throwable failure) {
    inFlight.release();
    pacer.answered();
    if (failure == null && id != null) {
      count(appended, accepted);
      if (append.confirmed(index, id)) {
        latency.record(append.age(System.nanoTime()), TimeUnit.NANOSECONDS);
      }
    } else {
      count(failed, accepted);
      append.completeExceptionally(
          failure == null ? new RedisException("Redis gave no id") : failure);
    }
  }

  /** Connects when Redis was away at start; whoever comes meanwhile is refused at once. */
  private RedisAsyncCommands<byte[], byte[]> commands() {
    StatefulRedisConnection<byte[], byte[]> known = connection;
    if (known != null) {
      return known.async();
    }
    if (!connecting.tryLock()) {
      throw new RedisException("Not yet connected");
    }
    try {
      StatefulRedisConnection<byte[], byte[]> opened = links.open();
      opened.setAutoFlushCommands(false);
      pacer.flushBy(opened::flushCommands);
      connection = opened;
      return opened.async();
    } finally {
      connecting.unlock();
    }
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
