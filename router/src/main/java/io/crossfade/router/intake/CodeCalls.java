package io.crossfade.router.intake;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Calls code that is not ours, few at a time, on platform threads: what it takes is shared among
 * devices by the operating system, and what does not come back holds none of them up. Java cannot
 * end such a thread; when there are as many as may be, nothing is called any more.
 */
final class CodeCalls {

  /** Far longer than any item takes that is read at all. */
  static final Duration LONGEST = Duration.ofSeconds(10);

  /** With some to spare for those that do not come back. */
  private static final int AT_ONCE = Runtime.getRuntime().availableProcessors() + 4;

  private enum Call {
    RUNNING,
    ENDED,
    GIVEN_UP
  }

  private final Duration longest;
  private final Semaphore atOnce = new Semaphore(AT_ONCE, /* fair= */ true);
  private final AtomicInteger givenUp = new AtomicInteger();
  private final ExecutorService threads;

  /**
   * @param loader context of the threads
   * @param longest that a call may take
   */
  CodeCalls(ClassLoader loader, Duration longest) {
    this.longest = longest;
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = Thread.ofPlatform().daemon().name("kind-code").unstarted(work);
              thread.setContextClassLoader(loader);
              return thread;
            });
  }

  /**
   * Calls, and waits for the answer.
   *
   * @throws ExecutionException with what was thrown
   * @throws TimeoutException when it does not come back, with where it is instead; or too many
   *     others have not
   */
  <T> T call(Callable<T> code) throws ExecutionException, TimeoutException {
    if (givenUp.get() >= AT_ONCE) {
      throw new TimeoutException();
    }
    FutureTask<T> task = new FutureTask<>(code);
    AtomicReference<Call> state = new AtomicReference<>(Call.RUNNING);
    AtomicReference<@Nullable Thread> at = new AtomicReference<>();
    boolean interrupted = false;
    boolean started = false;
    long end = System.nanoTime() + longest.toNanos();
    try {
      while (true) {
        long left = end - System.nanoTime();
        try {
          if (!started) {
            if (!atOnce.tryAcquire(left, TimeUnit.NANOSECONDS)) {
              throw new TimeoutException();
            }
            start(task, state, at);
            started = true;
            // Waiting for others is not the code's own time.
            end = System.nanoTime() + longest.toNanos();
            left = longest.toNanos();
          }
          return task.get(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      if (started && state.compareAndSet(Call.RUNNING, Call.GIVEN_UP)) {
        givenUp.incrementAndGet();
        Thread thread = at.get();
        if (thread != null) {
          e.setStackTrace(thread.getStackTrace());
        }
        task.cancel(/* mayInterruptIfRunning= */ true);
      }
      throw e;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void start(
      FutureTask<?> task, AtomicReference<Call> state, AtomicReference<@Nullable Thread> at) {
    boolean taken = false;
    try {
      threads.execute(
          () -> {
            at.set(Thread.currentThread());
            try {
              task.run();
            } finally {
              at.set(null);
              if (!state.compareAndSet(Call.RUNNING, Call.ENDED)) {
                givenUp.decrementAndGet();
              }
              atOnce.release();
            }
          });
      taken = true;
    } finally {
      if (!taken) {
        atOnce.release();
      }
    }
  }
}
