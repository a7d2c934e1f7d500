package io.crossfade.router.paths;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.budget.NoRoomException;
import io.crossfade.stream.StreamAppender;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * Appends through a circuit breaker, so that a Redis that is away costs one refusal and not a
 * timeout.
 */
public final class GuardedStreamPath {

  private static final int COPIES_AT_ONCE = 500;

  private final StreamAppender appender;
  private final CircuitBreaker breaker;

  public GuardedStreamPath(StreamAppender appender, CircuitBreaker breaker) {
    this.appender = appender;
    this.breaker = breaker;
  }

  /** Whether an append may get through: a half-open breaker takes some as its probes. */
  public boolean available() {
    return breaker.getState() != CircuitBreaker.State.OPEN
        && breaker.getState() != CircuitBreaker.State.FORCED_OPEN;
  }

  /**
   * Appends the records and waits until Redis has confirmed them.
   *
   * @return the entries' ids
   * @throws StreamUnavailableException when Redis did not confirm all of them in time; the entries
   *     may or may not be in the stream
   */
  public List<String> append(List<? extends AcceptedRecord> records)
      throws StreamUnavailableException, InterruptedException {
    if (!breaker.tryAcquirePermission()) {
      throw new StreamUnavailableException("the breaker is open", null);
    }
    long begin = System.nanoTime();
    try {
      List<String> ids = appender.append(records).get();
      breaker.onSuccess(System.nanoTime() - begin, TimeUnit.NANOSECONDS);
      return ids;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NoRoomException) {
        // No fault of Redis: it was not asked.
        breaker.releasePermission();
        throw new StreamUnavailableException(String.valueOf(e.getCause()), e);
      }
      breaker.onError(System.nanoTime() - begin, TimeUnit.NANOSECONDS, e);
      throw new StreamUnavailableException(String.valueOf(e.getCause()), e);
    } catch (InterruptedException e) {
      breaker.releasePermission();
      throw e;
    }
  }

  /**
   * Appends copies and waits for nothing. They neither ask the breaker nor tell it anything: it
   * guards what the stream serves, and a copy must not take its probes nor open it. A few at a
   * time, so that of more than fit some do.
   *
   * @param done told of some of them whether Redis confirmed these, until it was told of all; at
   *     some time, on some thread
   */
  public <R extends AcceptedRecord> void mirror(
      List<R> records, BiConsumer<List<R>, Boolean> done) {
    for (int from = 0; from < records.size(); from += COPIES_AT_ONCE) {
      List<R> some = records.subList(from, Math.min(records.size(), from + COPIES_AT_ONCE));
      if (breaker.getState() == CircuitBreaker.State.FORCED_OPEN) {
        done.accept(some, false);
      } else {
        appender
            .appendCopies(some)
            .whenComplete((ids, failure) -> done.accept(some, failure == null));
      }
    }
  }
}
