package io.crossfade.stream;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides when buffered commands go to the socket: at once while nothing is unanswered, else when
 * an answer finds at least as many waiting as are still out. So a lone command never waits, and a
 * busy connection sends many in one write. Commands that nobody waits for gather until some are
 * sent for another reason, many are there, or {@link #sendGathered} says so.
 *
 * <p>Nobody waits for ever: a command that finds others unanswered has been counted before it
 * looks, and the last of their answers looks after it is counted.
 */
final class FlushPacer {

  /** So many that one more saves hardly anything. */
  static final int MANY = 64;

  /** Buffered ones that somebody waits for. */
  private final AtomicInteger awaited = new AtomicInteger();

  /** Buffered ones that nobody waits for. */
  private final AtomicInteger unawaited = new AtomicInteger();

  private final AtomicInteger unanswered = new AtomicInteger();
  private final Runnable flush;

  /**
   * @param flush sends all that is buffered; what it cannot send is answered with a failure
   */
  FlushPacer(Runnable flush) {
    this.flush = flush;
  }

  /** Commands have been buffered for whose answers somebody waits. */
  void appended(int commands) {
    awaited.addAndGet(commands);
    if (unanswered.get() <= 0) {
      flush();
    }
  }

  /** Commands have been buffered for whose answers nobody waits. */
  void gathered(int commands) {
    if (unawaited.addAndGet(commands) >= MANY) {
      flush();
    }
  }

  /** A command was answered or failed; its answer may come before it was counted as buffered. */
  void answered() {
    int left = unanswered.decrementAndGet();
    int waiting = awaited.get();
    if (waiting > 0 && waiting + unawaited.get() >= left) {
      flush();
    }
  }

  /** Lets what nobody waits for gather no longer; what somebody waits for alone has its turn. */
  void sendGathered() {
    if (unawaited.get() > 0) {
      flush();
    }
  }

  private void flush() {
    int taken = awaited.getAndSet(0) + unawaited.getAndSet(0);
    if (taken > 0) {
      unanswered.addAndGet(taken);
      flush.run();
    }
  }
}
