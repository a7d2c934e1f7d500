package io.crossfade.router.intake;

import io.crossfade.db.budget.Lease;
import io.crossfade.db.budget.NoRoomException;
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
 * Calls code that is not ours, few at a time, on platform threads, which the operating system
 * shares among devices. Code that is slow makes other uploads wait, and they are refused for now
 * when they have waited too long; code that does not come back is given up. Java cannot end its
 * thread; when there are as many of these as may be, nothing is called any more.
 */
final class CodeCalls {

  /** Far longer than any item takes that is read at all. */
  static final Duration LONGEST = Duration.ofSeconds(10);

  /** What the code of one upload may take together, of what a call may. */
  static final int LONGEST_OF_AN_UPLOAD = 3;

  /** With some to spare for those that do not come back. */
  static final int AT_ONCE = Runtime.getRuntime().availableProcessors() + 4;

  /** What is left to the code of one upload. For one thread. */
  static final class Left {
    private long nanos;

    private Left(long nanos) {
      this.nanos = nanos;
    }
  }

  private enum State {
    RUNNING,
    ENDED,
    GIVEN_UP
  }

  private final Duration longest;
  private final Duration patience;
  private final Semaphore atOnce = new Semaphore(AT_ONCE, /* fair= */ true);
  private final AtomicInteger givenUp = new AtomicInteger();
  private final ExecutorService threads;

  /**
   * @param loader context of the threads
   * @param longest that a call may take
   * @param patience with other calls before it
   */
  CodeCalls(ClassLoader loader, Duration longest, Duration patience) {
    this.longest = longest;
    this.patience = patience;
    this.threads =
        Executors.newCachedThreadPool(
            work -> {
              Thread thread = Thread.ofPlatform().daemon().name("kind-code").unstarted(work);
              thread.setContextClassLoader(loader);
              return thread;
            });
  }

  /** For the calls of one upload. */
  Left perUpload() {
    return new Left(longest.multipliedBy(LONGEST_OF_AN_UPLOAD).toNanos());
  }

  /**
   * Calls, and waits for the answer.
   *
   * @param left the call's time is taken from it
   * @param lent room of what the call holds
   * @throws ExecutionException with what was thrown
   * @throws TimeoutException when it does not come back, with where it is instead; when its upload
   *     has no time left; when too many others have not come back. Then what was lent is closed,
   *     and no sooner than the code ends
   * @throws NoRoomException when other calls left it no thread
   */
  <T> T call(Callable<T> code, Left left, Lease lent) throws ExecutionException, TimeoutException {
    Call<T> call = new Call<>(code, lent);
    try {
      comesNext(left);
      long begin = System.nanoTime();
      try {
        call.start();
        return within(
            Math.min(longest.toNanos(), left.nanos),
            nanos -> call.task.get(nanos, TimeUnit.NANOSECONDS));
      } finally {
        left.nanos -= System.nanoTime() - begin;
      }
    } catch (TimeoutException e) {
      call.giveUp(e);
      throw e;
    }
  }

  /** Waits for a thread to be free. */
  private void comesNext(Left left) throws ExecutionException, TimeoutException {
    if (left.nanos <= 0 || givenUp.get() >= AT_ONCE) {
      throw new TimeoutException();
    }
    if (!within(patience.toNanos(), nanos -> atOnce.tryAcquire(nanos, TimeUnit.NANOSECONDS))) {
      throw new NoRoomException("No thread for the code of a kind");
    }
  }

  private interface Waiting<T> {
    T until(long nanos) throws InterruptedException, ExecutionException, TimeoutException;
  }

  /** Waits though it is interrupted, and is interrupted then. */
  private static <T> T within(long nanos, Waiting<T> waiting)
      throws ExecutionException, TimeoutException {
    long end = System.nanoTime() + nanos;
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return waiting.until(end - System.nanoTime());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** One, on its thread. */
  private final class Call<T> {

    private final FutureTask<T> task;
    private final Lease lent;
    private final AtomicReference<@Nullable Thread> at = new AtomicReference<>();

    /** {@code null} before the start. */
    private final AtomicReference<@Nullable State> state = new AtomicReference<>();

    Call(Callable<T> code, Lease lent) {
      this.task = new FutureTask<>(code);
      this.lent = lent;
    }

    void start() {
      try {
        state.set(State.RUNNING);
        threads.execute(this::run);
      } catch (RuntimeException | Error e) {
        state.set(null);
        atOnce.release();
        throw e;
      }
    }

    private void run() {
      at.set(Thread.currentThread());
      try {
        task.run();
      } finally {
        at.set(null);
        if (!state.compareAndSet(State.RUNNING, State.ENDED)) {
          givenUp.decrementAndGet();
          lent.close();
        }
        atOnce.release();
      }
    }

    /** Leaves it alone, with what it holds, where it has begun and has not ended. */
    void giveUp(TimeoutException e) {
      if (!state.compareAndSet(State.RUNNING, State.GIVEN_UP)) {
        lent.close();
        return;
      }
      givenUp.incrementAndGet();
      Thread thread = at.get();
      if (thread != null) {
        e.setStackTrace(thread.getStackTrace());
      }
      task.cancel(/* mayInterruptIfRunning= */ true);
    }
  }
}
