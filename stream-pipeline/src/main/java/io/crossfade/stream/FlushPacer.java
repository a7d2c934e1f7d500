package io.crossfade.stream;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides when buffered commands go to the socket: while nothing is unanswered as soon as the
 * scheduler comes to it, else when an answer finds at least as many waiting as are still out. So a
 * lone command never waits, whoever is about to send takes the others along, and a busy connection
 * sends many in one write.
 *
 * <p>Nobody waits for ever: a command that finds others unanswered has been counted before it
 * looks, and the last of their answers looks after it is counted; one that finds a flush scheduled
 * has been counted before the flush begins.
 */
final class FlushPacer {

  private final AtomicInteger buffered = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Executor scheduler;
  private volatile Runnable flush = () -> {};

  /**
   * @param scheduler runs a flush after whatever it has to run already
   */
  FlushPacer(Executor scheduler) {
    this.scheduler = scheduler;
  }

  /**
   * @param flush sends all that is buffered
   */
  void flushBy(Runnable flush) {
    this.flush = flush;
  }

  /** Commands have been buffered. */
  void appended(int commands) {
    buffered.addAndGet(commands);
    if (unanswered.get() <= 0 && scheduled.compareAndSet(false, true)) {
      scheduler.execute(
          () -> {
            scheduled.set(false);
            send();
          });
    }
  }

  /** A command was answered or failed; its answer may come before it was counted as buffered. */
  void answered() {
    int left = unanswered.decrementAndGet();
    int waiting = buffered.get();
    if (waiting > 0 && waiting >= left) {
      send();
    }
  }

  private void send() {
    int taken = buffered.getAndSet(0);
    if (taken > 0) {
      unanswered.addAndGet(taken);
      flush.run();
    }
  }
}
