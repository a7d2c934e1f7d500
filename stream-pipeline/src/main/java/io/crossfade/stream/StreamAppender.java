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
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;

/**
 * Appends records to their streams. Appends that arrive while others are being sent go out together
 * in one write to the socket; none ever waits for more to come.
 */
public final class StreamAppender implements SmartLifecycle {

  /** The one field of an entry: a record as {@link RecordCodec} writes it. */
  static final byte[] FIELD = {'r'};

  private static final int MOST_PER_FLUSH = 1_000;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Append(StreamName stream, byte[] entry, CompletableFuture<String> confirmed) {}

  private final RedisLinks links;
  private final BlockingQueue<Append> queue = new LinkedBlockingQueue<>();
  private final Map<StreamName, byte[]> keys = new EnumMap<>(StreamName.class);
  private final Map<StreamName, Counter> appended = new EnumMap<>(StreamName.class);
  private final Map<StreamName, Counter> failed = new EnumMap<>(StreamName.class);
  private final Timer latency;
  private final Semaphore inFlight;
  private volatile boolean running;

  StreamAppender(RedisLinks links, StreamSettings settings, MeterRegistry meters) {
    this.links = links;
    this.inFlight = new Semaphore(settings.maxInFlight());
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
  }

  /**
   * Sends each record to its stream.
   *
   * @return the ids that Redis gave the entries, in the order of the records, once all are
   *     confirmed; fails when one is not confirmed in time, and then any of them may or may not be
   *     in its stream
   */
  public CompletableFuture<List<String>> append(List<? extends AcceptedRecord> records) {
    if (!running || !inFlight.tryAcquire(records.size())) {
      records.forEach(accepted -> counter(failed, StreamName.of(accepted)).increment());
      return CompletableFuture.failedFuture(
          new RedisException(
              "Cannot append %d records: %d appends are waiting for Redis"
                  .formatted(records.size(), queue.size())));
    }
    long begin = System.nanoTime();
    List<CompletableFuture<String>> confirmations = new ArrayList<>(records.size());
    for (AcceptedRecord accepted : records) {
      CompletableFuture<String> confirmed = new CompletableFuture<>();
      StreamName stream = StreamName.of(accepted);
      confirmed.whenComplete(
          (id, failure) -> {
            inFlight.release();
            counter(failure == null ? appended : failed, stream).increment();
          });
      confirmations.add(confirmed);
      queue.add(new Append(stream, RecordCodec.encode(accepted), confirmed));
    }
    return CompletableFuture.allOf(confirmations.toArray(CompletableFuture[]::new))
        .thenApply(
            all -> {
              latency.record(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
              return confirmations.stream().map(CompletableFuture::join).toList();
            });
  }

  private void sendUntilStopped() {
    List<Append> batch = new ArrayList<>(MOST_PER_FLUSH);
    StatefulRedisConnection<byte[], byte[]> connection = null;
    while (running || !queue.isEmpty()) {
      try {
        Append first = queue.poll(100, TimeUnit.MILLISECONDS);
        if (first == null) {
          continue;
        }
        batch.add(first);
        queue.drainTo(batch, MOST_PER_FLUSH - 1);
        if (connection == null) {
          connection = links.open();
          connection.setAutoFlushCommands(false);
        }
        RedisAsyncCommands<byte[], byte[]> commands = connection.async();
        batch.forEach(append -> send(append, commands));
        connection.flushCommands();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        batch.forEach(append -> append.confirmed().completeExceptionally(e));
      }
      batch.clear();
    }
  }

  private void send(Append append, RedisAsyncCommands<byte[], byte[]> commands) {
    byte[] key = Objects.requireNonNull(keys.get(append.stream()));
    try {
      var reply = commands.xadd(key, Map.of(FIELD, append.entry()));
      reply.whenComplete(
          (id, failure) -> {
            if (failure == null) {
              append.confirmed().complete(id);
            } else {
              append.confirmed().completeExceptionally(failure);
            }
          });
    } catch (RuntimeException e) {
      append.confirmed().completeExceptionally(e);
    }
  }

  @Override
  public void start() {
    running = true;
    Thread.ofPlatform().name("stream-appender").daemon(true).start(this::sendUntilStopped);
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return 0;
  }

  private static Counter counter(Map<StreamName, Counter> counters, StreamName stream) {
    return Objects.requireNonNull(counters.get(stream));
  }

  private static Counter counter(StreamMeter meter, StreamName stream, MeterRegistry meters) {
    return Counter.builder(meter.id())
        .description(meter.description())
        .tag("stream", stream.key())
        .register(meters);
  }
}
