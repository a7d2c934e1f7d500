package io.crossfade.router.paths;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.stream.StreamAppender;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Appends through a circuit breaker, so that a Redis that is away costs one refusal and not a
 * timeout.
 */
public final class GuardedStreamPath {

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
   * Appends the records and waits for nothing.
   *
   * @return the entries' ids, or a failure after which the entries may or may not be in the stream
   */
  public CompletableFuture<List<String>> append(List<? extends AcceptedRecord> records) {
    if (!breaker.tryAcquirePermission()) {
      return CompletableFuture.failedFuture(
          CallNotPermittedException.createCallNotPermittedException(breaker));
    }
    long begin = System.nanoTime();
    return appender
        .append(records)
        .whenComplete(
            (ids, failure) -> {
              long took = System.nanoTime() - begin;
              if (failure == null) {
                breaker.onSuccess(took, TimeUnit.NANOSECONDS);
              } else {
                breaker.onError(took, TimeUnit.NANOSECONDS, failure);
              }
            });
  }
}
