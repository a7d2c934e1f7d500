package io.crossfade.stream;

import io.lettuce.core.RedisException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Records on their way to their streams. Completes with the ids that Redis gave the entries, in the
 * order of the records, when all are confirmed; fails with the first that is not.
 */
final class PendingAppend extends CompletableFuture<List<String>> {

  private final AppendConnection connection;
  private final long begin;
  private final String[] ids;
  private final AtomicInteger unconfirmed;

  /**
   * @param connection what they are sent down
   * @param begin when they are sent, {@link System#nanoTime}
   */
  PendingAppend(AppendConnection connection, int records, long begin) {
    this.connection = connection;
    this.begin = begin;
    this.ids = new String[records];
    this.unconfirmed = new AtomicInteger(records);
    if (records == 0) {
      complete(List.of());
    }
  }

  /**
   * Redis has one of the records.
   *
   * @return whether that was the last, and in time
   */
  boolean confirmed(int index, String id) {
    ids[index] = id;
    return unconfirmed.decrementAndGet() == 0 && complete(List.of(ids));
  }

  /**
   * One of the records was not confirmed. That the client cancelled its command is such a failure,
   * and not that anybody cancelled this: whoever waits must see what everybody expects.
   */
  void failed(Throwable failure) {
    completeExceptionally(
        failure instanceof CancellationException
            ? new RedisException("The client cancelled it: " + failure.getMessage(), failure)
            : failure);
  }

  /** How long it has been on its way, ns. */
  long age(long now) {
    return now - begin;
  }

  /**
   * Fails when it is not confirmed in time, or when its connection is gone: Lettuce fails what it
   * holds then, but not a command that another thread gives it at that moment.
   *
   * @return whether there is nothing more to wait for
   */
  boolean expire(long now, long timeoutNanos) {
    if (!isDone() && age(now) >= timeoutNanos) {
      completeExceptionally(
          new TimeoutException("Redis did not confirm within " + Duration.ofNanos(timeoutNanos)));
    } else if (!isDone() && !connection.isOpen()) {
      completeExceptionally(new RedisException("The connection is gone or answers no more"));
    }
    return isDone();
  }
}
