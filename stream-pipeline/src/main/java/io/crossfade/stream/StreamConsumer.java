package io.crossfade.stream;

import io.crossfade.db.Kind;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of the group: reads the streams of a kind in batches, reads and decodes the next while
 * a full one is written, lets entries gather after one that was not, and takes over what dead
 * members left. Whatever goes wrong it goes on, until it is stopped.
 */
final class StreamConsumer {

  private static final Logger log = LoggerFactory.getLogger(StreamConsumer.class);

  /**
   * Between two reads, at most, when entries come one by one: Redis answers with the first of them,
   * and a commit for a few rows costs nearly as much as one for a hundred.
   */
  private static final Duration GATHER = Duration.ofMillis(50);

  private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(200);

  private final Kind kind;
  private final StreamReader reader;
  private final StreamGroups groups;
  private final BatchHandler handler;
  private final Duration claimIdle;
  private final AdaptiveBatch batchSize = new AdaptiveBatch();
  private final ArrivalRate arrivals = new ArrivalRate();
  private final BusyTime writing = new BusyTime();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;

  /** Sent and not yet confirmed, of the last batches that were committed. */
  private final List<CompletionStage<Long>> acknowledgements = new ArrayList<>();

  private volatile boolean running = true;
  private long nextClaim = System.nanoTime();

  /**
   * @param link this consumer's own: it blocks
   * @param name unique among all processes
   */
  StreamConsumer(
      Kind kind,
      String name,
      RedisLink<byte[], byte[]> link,
      StreamGroups groups,
      BatchHandler handler,
      StreamSettings settings) {
    this.kind = kind;
    this.reader = new StreamReader(kind, name, link, settings);
    this.groups = groups;
    this.handler = handler;
    this.claimIdle = settings.claimIdle();
    this.thread = Thread.ofPlatform().name(name).unstarted(this::consumeUntilStopped);
  }

  void start() {
    thread.start();
  }

  int batchSize() {
    return batchSize.size();
  }

  /** How long it has been writing so far, ns. */
  long busyNanos() {
    return writing.nanos();
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
      String after = StreamReader.FIRST;
      List<EntryBatch> batches;
      do {
        batches = await(reader.ownPending(stream, after, batchSize.size()));
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
    long before = next.begin();
    while (next != null) {
      List<EntryBatch> batches = await(next.reply());
      long now = System.nanoTime();
      arrivals.read(size(batches), now - before);
      before = now;
      boolean full = size(batches) >= next.most();
      Read ahead = full && running ? read() : null;
      handle(batches, false);
      claimFromTheDead();
      if (ahead == null) {
        awaitAcknowledgements();
        boolean served = batches.stream().anyMatch(EntryBatch::served);
        gather(next.begin(), batchSize.worthARead(served));
        ahead = running ? read() : null;
      }
      next = ahead;
    }
  }

  /**
   * Waits until so many are likely to be there.
   *
   * @param since when entries were asked for
   */
  private void gather(long since, int entries) throws InterruptedException {
    long likely = Math.min(GATHER.toNanos(), arrivals.nanosFor(entries));
    long nanos = since + likely - System.nanoTime();
    if (nanos > 0 && stopped.await(nanos, TimeUnit.NANOSECONDS)) {
      log.debug("{} stops", thread.getName());
    }
  }

  private Read read() {
    int most = batchSize.size();
    return new Read(reader.unread(most), most, System.nanoTime());
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
    writing.begin();
    try {
      for (EntryBatch batch : batches) {
        handler.handle(batch, claimed, () -> !running).ifPresent(sent::add);
      }
    } finally {
      writing.end();
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
    nextClaim = System.nanoTime() + claimIdle.toNanos() / 2;
    for (StreamName stream : StreamName.of(kind)) {
      String from = StreamReader.FIRST;
      StreamReader.Claimed claimed;
      do {
        claimed = await(reader.claim(stream, from, batchSize.size()));
        handle(claimed.batches(), true);
        from = claimed.next();
      } while (running && claimed.more());
    }
  }

  private void leave() {
    for (StreamName stream : StreamName.of(kind)) {
      try {
        groups.remove(stream, thread.getName());
      } catch (RuntimeException e) {
        log.debug("{} stays listed in its group: {}", thread.getName(), e.getMessage());
      }
    }
    reader.disconnect();
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

  private <T> T await(CompletionStage<T> stage) throws Exception {
    CompletableFuture<T> reply = stage.toCompletableFuture();
    try {
      return reply.get(REPLY_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      reply.cancel(true);
      reader.disconnect();
      throw new TimeoutException("Redis did not answer within " + REPLY_TIMEOUT);
    }
  }
}
