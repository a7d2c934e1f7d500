package io.crossfade.stream;

import io.crossfade.db.Kind;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.process.LoopStep;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.stream.StreamLayouts.ReadUpTo;
import io.crossfade.stream.StreamReader.Reply;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.models.stream.PendingMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

  /**
   * Between two reads, at most, when entries come one by one: Redis answers with the first of them,
   * and a commit for a few rows costs nearly as much as one for a hundred.
   */
  private static final Duration GATHER = Duration.ofMillis(50);

  private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(5);

  private final Kind kind;
  private final StreamReader reader;
  private final RedisLinks links;
  private final StreamGroups groups;
  private final StreamLayouts layouts;
  private final BatchHandler handler;
  private final Duration claimIdle;
  private final int mostDeliveries;
  private final AdaptiveBatch batchSize = new AdaptiveBatch();
  private final ArrivalRate arrivals = new ArrivalRate();
  private final BusyTime writing = new BusyTime();
  private final String name;
  private final Loops loops;
  private volatile @Nullable SupervisedLoop loop;

  /** Sent and not yet confirmed, of the last batches that were committed. */
  private final List<CompletionStage<Long>> acknowledgements = new ArrayList<>();

  private @Nullable Read next;

  /** Partitions of which the last reply had entries. */
  private int busy = Integer.MAX_VALUE;

  private long before;

  /** Since it last read; missing once more, something is wrong. */
  private boolean groupsMade;

  private long nextClaim = System.nanoTime();

  /** How long it had been busy when its entries were last kept, ns; of one other thread. */
  private long keptAt;

  /**
   * @param links of which it has one of its own: it blocks
   * @param name unique among all processes
   */
  StreamConsumer(
      Kind kind,
      String name,
      RedisLinks links,
      StreamGroups groups,
      StreamLayouts layouts,
      BatchHandler handler,
      StreamSettings settings,
      Loops loops,
      ByteBudget budget) {
    this.kind = kind;
    this.reader = new StreamReader(kind, name, links.link(), settings, budget);
    this.links = links;
    this.groups = groups;
    this.layouts = layouts;
    this.handler = handler;
    this.claimIdle = settings.claimIdle();
    this.mostDeliveries = settings.maxDeliveries();
    this.name = name;
    this.loops = loops;
  }

  void start() {
    loop =
        loops.startDraining(
            StreamLoop.CONSUMER,
            name,
            self -> {
              loop = self;
              return step();
            });
  }

  int batchSize() {
    return batchSize.size();
  }

  /** How long it has been writing so far, ns. */
  long busyNanos() {
    return writing.nanos();
  }

  /**
   * Keeps what it has in hand from being claimed while it writes for long. Called by others, for it
   * is busy.
   */
  void keepWhatItHas() {
    long busy = writing.current();
    if (busy < claimIdle.toNanos() / 4) {
      keptAt = 0;
    } else if (busy - keptAt >= claimIdle.toNanos() / 4) {
      keptAt = busy;
      streams().forEach(stream -> groups.keep(stream, name));
    }
  }

  /** Asks it to end after what it has read is written. */
  void beginStop() {
    loop().beginStop();
  }

  /** Waits for that; what it has not acknowledged by then others will claim. */
  void awaitStop(Duration patience) {
    loop().stop(patience);
  }

  private SupervisedLoop loop() {
    return Objects.requireNonNull(loop);
  }

  /** Asked after each attempt to write, of which there may be many. */
  private boolean stopping() {
    loop().beat();
    return !running();
  }

  private boolean running() {
    return !loop().stopping();
  }

  /**
   * Reads and writes once. After a failure it begins anew: what it had read is pending for it. It
   * reads before it makes a group: a Redis that is full lets everybody read.
   *
   * @return the end, once it was told to stop and has written what it had read
   */
  private LoopStep.Next step() throws Exception {
    try {
      if (next == null) {
        next = begin();
      }
      next = consume(next);
      groupsMade = false;
    } catch (Exception | Error e) {
      forget();
      if (WrongServer.said(e)) {
        // The shared ones lead there too: entries would come again and again, never acknowledged.
        links.drop();
        reader.disconnect();
      }
      if (!running()) {
        log.warn("{} stops: {}", name, String.valueOf(e));
      } else if (StreamGroups.saysMissing(e) && !groupsMade) {
        // A first start, or somebody deleted the stream: nothing that failed.
        streams().forEach(groups::ensure);
        groupsMade = true;
      } else {
        if (!(e instanceof RedisConnectionException)) {
          batchSize.failed();
        }
        throw e;
      }
    }
    if (running() || next != null) {
      return LoopStep.Next.again();
    }
    leave();
    return LoopStep.Next.end();
  }

  /** Asks for what is pending for it, and then for what nobody has read. */
  private Read begin() throws Exception {
    for (StreamName stream : streams()) {
      takePending(stream, await(pending(stream, StreamReader.FIRST, true)), /* own= */ true);
      groups.known(stream);
    }
    awaitAcknowledgements();
    Read first = read();
    before = first.begin();
    return first;
  }

  private void forget() {
    if (next != null) {
      StreamReader.release(next.reply());
    }
    next = null;
    acknowledgements.clear();
  }

  /**
   * Takes what was given to a consumer and not acknowledged: what Redis handed out in an answer
   * that was lost with its connection, or what dead members left. An entry that was given too often
   * goes to the dead letters; one that is suspected is written by itself.
   *
   * @param first of these entries
   * @param own what this consumer was given: nobody else may have it
   */
  private void takePending(StreamName stream, List<PendingMessage> first, boolean own)
      throws Exception {
    String after = StreamReader.FIRST;
    List<PendingMessage> pending = first;
    while (running() && !pending.isEmpty()) {
      List<String> together = new ArrayList<>();
      for (PendingMessage entry : pending) {
        after = entry.getId();
        if (!own && entry.getConsumer().equals(name)) {
          continue; // in hand: written next, or read ahead
        }
        switch (Redelivery.of(entry.getRedeliveryCount(), mostDeliveries)) {
          case TOGETHER -> together.add(entry.getId());
          case ALONE -> take(stream, List.of(entry.getId()), own);
          case DEAD -> putAside(stream, entry.getId(), entry.getRedeliveryCount());
        }
      }
      take(stream, together, own);
      pending = await(pending(stream, after, own));
    }
  }

  private CompletionStage<List<PendingMessage>> pending(
      StreamName stream, String after, boolean own) {
    return reader.pending(stream, after, own, AdaptiveBatch.MOST);
  }

  /** Takes entries a few at a time, so that a reply holds all of them. */
  private void take(StreamName stream, List<String> ids, boolean own) throws Exception {
    Deque<String> left = new ArrayDeque<>(ids);
    while (running() && !left.isEmpty()) {
      List<String> some = new ArrayList<>();
      ReplyBound bound = reader.bound();
      while (some.size() < batchSize.size(bound.most()) && !left.isEmpty()) {
        some.add(left.removeFirst());
      }
      CompletionStage<Reply> asked = reader.take(stream, some, own, bound);
      Reply reply;
      try {
        reply = await(asked);
        batchSize.read(reply.entries(), reply.bytes());
        if (reply.entries() < some.size()) {
          forgetDeleted(stream, some);
        }
        handle(reply.batches(), true);
      } finally {
        StreamReader.release(asked);
      }
      for (EntryBatch batch : reply.batches()) {
        if (some.size() == 1) {
          // Its first field alone is more than a reply may hold, and there are others.
          for (String id : batch.leftOut()) {
            putAside(stream, id, mostDeliveries);
          }
        } else {
          batch.leftOut().reversed().forEach(left::addFirst);
        }
      }
    }
  }

  /** Entries that are pending and were deleted from their stream: nothing comes of these. */
  private void forgetDeleted(StreamName stream, List<String> ids) throws Exception {
    for (String id : ids) {
      if (await(reader.clipped(stream, id)).isEmpty()) {
        putAside(stream, id, 0);
      }
    }
  }

  private void putAside(StreamName stream, String id, long deliveries) throws Exception {
    await(handler.putAside(stream, id, await(reader.clipped(stream, id)), deliveries));
  }

  /**
   * A read that Redis answers later.
   *
   * @param most entries asked for
   * @param each of these of each stream
   * @param begin when, {@link System#nanoTime}
   */
  private record Read(CompletionStage<Reply> reply, int most, int each, long begin) {}

  /**
   * Writes what a read brings.
   *
   * @return the next read; {@code null} once there is none, for it stops
   */
  private @Nullable Read consume(Read read) throws Exception {
    Read ahead = null;
    boolean whole = false;
    boolean served;
    try {
      Reply reply = await(read.reply());
      served = reply.batches().stream().anyMatch(EntryBatch::served);
      ahead = readAhead(read, reply);
      write(reply);
      whole = true;
    } finally {
      StreamReader.release(read.reply());
      if (ahead != null && !whole) {
        StreamReader.release(ahead.reply());
      }
    }
    if (ahead != null) {
      return ahead;
    }
    awaitAcknowledgements();
    gather(read.begin(), batchSize.worthARead(served));
    return running() ? read() : null;
  }

  /** Asks for more when there are likely to be more; they come while these are written. */
  private @Nullable Read readAhead(Read read, Reply reply) {
    batchSize.read(reply.entries(), reply.bytes());
    long now = System.nanoTime();
    arrivals.read(reply.entries(), now - before);
    before = now;
    if (reply.entries() > 0) {
      busy = reply.busy();
    }
    boolean full = reply.entries() >= read.most() || reply.mostOfOne() >= read.each();
    return full && running() ? read() : null;
  }

  private void write(Reply reply) throws Exception {
    handle(reply.batches(), false);
    for (EntryBatch batch : reply.batches()) {
      take(batch.stream(), batch.leftOut(), /* own= */ true);
    }
    claimFromTheDead();
  }

  /**
   * Waits until so many are likely to be there.
   *
   * @param since when entries were asked for
   */
  private void gather(long since, int entries) throws InterruptedException {
    long likely = Math.min(GATHER.toNanos(), arrivals.nanosFor(entries));
    long nanos = since + likely - System.nanoTime();
    if (nanos > 0) {
      loop().rest(Duration.ofNanos(nanos));
    }
  }

  private Read read() {
    ReplyBound bound = reader.bound();
    int most = batchSize.size(bound.most());
    List<ReadUpTo> from = layouts.read(kind);
    int each = AdaptiveBatch.each(most, busy, from);
    CompletionStage<Reply> reply =
        from.stream().allMatch(stream -> stream.before() == null)
            ? reader.unread(from.stream().map(ReadUpTo::stream).toList(), each, bound)
            : reader.unreadBefore(from, each, bound);
    return new Read(reply, most, each, System.nanoTime());
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
      for (boolean urgent : List.of(true, false)) {
        List<EntryBatch> together =
            batches.stream()
                .filter(batch -> batch.stream().urgent() == urgent)
                .filter(batch -> batch.size() + batch.newer().size() > 0)
                .toList();
        if (!together.isEmpty()) {
          handler.handle(together, name, claimed, this::stopping).ifPresent(sent::add);
        }
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
    if (System.nanoTime() < nextClaim || !running()) {
      return;
    }
    nextClaim = System.nanoTime() + claimIdle.toNanos() / 2;
    Map<StreamName, CompletionStage<List<PendingMessage>>> asked = new LinkedHashMap<>();
    for (StreamName stream : streams()) {
      asked.put(stream, pending(stream, StreamReader.FIRST, false));
    }
    for (Map.Entry<StreamName, CompletionStage<List<PendingMessage>>> one : asked.entrySet()) {
      takePending(one.getKey(), await(one.getValue()), /* own= */ false);
    }
  }

  private void leave() {
    try {
      layouts.all(kind).forEach(this::leave);
    } catch (RedisException e) {
      log.debug("{} stays listed in its groups: {}", name, e.getMessage());
    }
    reader.disconnect();
  }

  private void leave(StreamName stream) {
    try {
      groups.remove(stream, name);
    } catch (RedisException e) {
      log.debug("{} stays listed in the group of {}: {}", name, stream.key(), e.getMessage());
    }
  }

  /** What it reads now. */
  private List<StreamName> streams() {
    return layouts.read(kind).stream().map(ReadUpTo::stream).toList();
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
