package io.crossfade.stream;

import io.crossfade.db.Kind;
import io.lettuce.core.Consumer;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XAutoClaimArgs;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.models.stream.ClaimedMessages;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the group: reads the streams of a kind in batches, reads and decodes the next while
 * a full one is written, lets entries gather after one that was not, and takes over what dead
 * members left. Whatever goes wrong it goes on, until it is stopped.
 */
final class StreamConsumer {

  private static final Logger log = LoggerFactory.getLogger(StreamConsumer.class);
  private static final Duration WAIT = Duration.ofMillis(100);

  /**
   * Between two reads when entries come one by one: Redis answers with the first of them, and a
   * commit for a few rows costs nearly as much as one for hundreds.
   */
  private static final Duration GATHER = Duration.ofMillis(50);

  private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

  private final Kind kind;
  private final StatefulRedisConnection<byte[], byte[]> connection;
  private final StreamGroups groups;
  private final BatchHandler handler;
  private final StreamSettings settings;
  private final Consumer<byte[]> name;
  private final AdaptiveBatch batchSize = new AdaptiveBatch();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;

  /** Sent and not yet confirmed, of the last batches that were committed. */
  private final List<CompletionStage<Long>> acknowledgements = new ArrayList<>();

  private volatile boolean running = true;
  private long nextClaim = System.nanoTime();

  /**
   * @param connection this consumer's own: it blocks
   * @param name unique among all processes
   */
  StreamConsumer(
      Kind kind,
      String name,
      StatefulRedisConnection<byte[], byte[]> connection,
      StreamGroups groups,
      BatchHandler handler,
      StreamSettings settings) {
    this.kind = kind;
    this.connection = connection;
    this.groups = groups;
    this.handler = handler;
    this.settings = settings;
    this.name = Consumer.from(bytes(StreamSettings.GROUP), bytes(name));
    this.thread = Thread.ofPlatform().name(name).unstarted(this::consumeUntilStopped);
  }

  void start() {
    thread.start();
  }

  int batchSize() {
    return batchSize.size();
  }

  /** Asks it to end after what it has read is written. */
  void beginStop() {
    running = false;
    stopped.countDown();
  }

  void awaitStop(Duration patience) throws InterruptedException {
    if (!thread.join(patience)) {
      log.warn(
          "{} is still writing; others will claim what it has not acknowledged", thread.getName());
    }
  }

  private void consumeUntilStopped() {
    while (running) {
      try {
        StreamName.of(kind).forEach(groups::ensure);
        handleOwnPending();
        consume();
      } catch (RedisCommandExecutionException e) {
        log.warn("{}: {}; making its group anew", thread.getName(), e.getMessage());
        pause();
      } catch (InterruptedException e) {
        break;
      } catch (Exception e) {
        log.warn("{}: {}; trying again", thread.getName(), String.valueOf(e));
        pause();
      }
    }
    leave();
  }

  /**
   * What Redis handed out in an answer that was lost with the connection: nobody else may have it.
   */
  private void handleOwnPending() throws Exception {
    for (StreamName stream : StreamName.of(kind)) {
      String after = "0-0";
      List<EntryBatch> batches;
      do {
        @SuppressWarnings({"unchecked", "rawtypes"})
        XReadArgs.StreamOffset<byte[]>[] own =
            new XReadArgs.StreamOffset[] {
              XReadArgs.StreamOffset.from(bytes(settings.key(stream)), after)
            };
        batches =
            await(
                decoded(
                    connection
                        .async()
                        .xreadgroup(name, XReadArgs.Builder.count(batchSize.size()), own)));
        handle(batches, true);
        if (!batches.isEmpty()) {
          after = batches.getLast().ids().getLast();
        }
      } while (running && !batches.isEmpty());
      awaitAcknowledgements();
    }
  }

  /**
   * A read that Redis answers later.
   *
   * @param most entries asked for
   * @param begin when, {@link System#nanoTime}
   */
  private record Read(CompletionStage<List<EntryBatch>> reply, int most, long begin) {}

  private void consume() throws Exception {
    Read next = read();
    while (next != null) {
      List<EntryBatch> batches = await(next.reply());
      boolean full = size(batches) >= next.most();
      Read ahead = full && running ? read() : null;
      handle(batches, false);
      claimFromTheDead();
      if (ahead == null) {
        awaitAcknowledgements();
        gather(next.begin() + GATHER.toNanos() - System.nanoTime());
        ahead = running ? read() : null;
      }
      next = ahead;
    }
  }

  private void gather(long nanos) throws InterruptedException {
    if (nanos > 0 && stopped.await(nanos, TimeUnit.NANOSECONDS)) {
      log.debug("{} stops", thread.getName());
    }
  }

  /** Streams come back in the order in which they are asked for: the urgent one first. */
  private Read read() {
    int most = batchSize.size();
    @SuppressWarnings({"unchecked", "rawtypes"})
    XReadArgs.StreamOffset<byte[]>[] offsets =
        StreamName.of(kind).stream()
            .map(stream -> XReadArgs.StreamOffset.lastConsumed(bytes(settings.key(stream))))
            .toArray(XReadArgs.StreamOffset[]::new);
    return new Read(
        decoded(
            connection
                .async()
                .xreadgroup(name, XReadArgs.Builder.block(WAIT).count(most), offsets)),
        most,
        System.nanoTime());
  }

  /** Decodes an answer when it comes, while this thread may still be writing the batch before. */
  private CompletionStage<List<EntryBatch>> decoded(
      RedisFuture<List<StreamMessage<byte[], byte[]>>> reply) {
    return reply.thenApplyAsync(
        messages -> EntryBatch.of(StreamName.of(kind), settings::key, messages),
        Thread::startVirtualThread);
  }

  /**
   * Commits batches and sends their acknowledgements off; waits for those of the batches before.
   */
  private void handle(List<EntryBatch> batches, boolean claimed) throws Exception {
    if (batches.isEmpty()) {
      return;
    }
    long begin = System.nanoTime();
    List<CompletionStage<Long>> sent = new ArrayList<>();
    for (EntryBatch batch : batches) {
      handler.handle(batch, claimed, () -> !running).ifPresent(sent::add);
    }
    batchSize.wrote(size(batches), Duration.ofNanos(System.nanoTime() - begin));
    awaitAcknowledgements();
    acknowledgements.addAll(sent);
  }

  private void awaitAcknowledgements() throws Exception {
    List<CompletionStage<Long>> sent = List.copyOf(acknowledgements);
    acknowledgements.clear();
    for (CompletionStage<Long> acknowledgement : sent) {
      await(acknowledgement);
    }
  }

  private static int size(List<EntryBatch> batches) {
    return batches.stream().mapToInt(EntryBatch::size).sum();
  }

  /**
   * Looks for entries whose consumer died, a few times within the time after which it counts as
   * dead.
   */
  private void claimFromTheDead() throws Exception {
    if (System.nanoTime() < nextClaim || !running) {
      return;
    }
    nextClaim = System.nanoTime() + settings.claimIdle().toNanos() / 2;
    for (StreamName stream : StreamName.of(kind)) {
      String from = "0-0";
      do {
        ClaimedMessages<byte[], byte[]> claimed =
            await(
                connection
                    .async()
                    .xautoclaim(
                        bytes(settings.key(stream)),
                        XAutoClaimArgs.Builder.<byte[]>xautoclaim(name, settings.claimIdle(), from)
                            .count(batchSize.size())));
        handle(
            EntryBatch.of(StreamName.of(kind), settings::key, claimed.getMessages()),
            /* claimed= */ true);
        from = claimed.getId();
      } while (running && !"0-0".equals(from));
    }
  }

  private void leave() {
    for (StreamName stream : StreamName.of(kind)) {
      try {
        groups.remove(stream, new String(name.getName(), StandardCharsets.UTF_8));
      } catch (RuntimeException e) {
        log.debug("{} stays listed in its group: {}", thread.getName(), e.getMessage());
      }
    }
    connection.close();
  }

  private void pause() {
    try {
      if (stopped.await(PAUSE_AFTER_FAILURE.toNanos(), TimeUnit.NANOSECONDS)) {
        log.debug("{} stops", thread.getName());
      }
    } catch (InterruptedException e) {
      running = false;
    }
  }

  private static <T> T await(CompletionStage<T> stage) throws Exception {
    CompletableFuture<T> reply = stage.toCompletableFuture();
    try {
      return reply.get(REPLY_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      reply.cancel(true);
      throw new TimeoutException("Redis did not answer within " + REPLY_TIMEOUT);
    }
  }

  private static byte[] bytes(@Nullable String text) {
    return String.valueOf(text).getBytes(StandardCharsets.UTF_8);
  }
}
