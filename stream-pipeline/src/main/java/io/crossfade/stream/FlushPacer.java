package io.crossfade.stream;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides when buffered commands go to the socket: at once while nothing is unanswered, else when
 * an answer finds at least as many waiting as are still out. So a lone command never waits, and a
 * busy connection sends many in one write.
 *
 * <p>Nobody waits for ever: a command that finds others unanswered has been counted before it
 * looks, and the last of their answers looks after it is counted.
 */
final class FlushPacer {

  private final AtomicInteger buffered = new AtomicInteger();
  private final AtomicInteger unanswered = new AtomicInteger();
  private final Runnable flush;

  /**
   * @param flush sends all that is buffered; what it cannot send is answered with a failure
   */
  FlushPacer(Runnable flush) {
    this.flush = flush;
  }

  /** Commands have been buffered. */
  void appended(int commands) {
    buffered.addAndGet(commands);
    if (unanswered.get() <= 0) {
      send();
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
