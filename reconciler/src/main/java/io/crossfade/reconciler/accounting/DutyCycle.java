package io.crossfade.reconciler.accounting;

import java.util.concurrent.TimeUnit;

/**
 * Spreads work that is not urgent: after each piece it rests, so that all together takes no more
 * than a share of one processor and of the server, however fast these are.
 */
final class DutyCycle {

  private final double restPerWork;
  private long since = System.nanoTime();

  /**
   * @param share of the time that is work, more than 0 and at most 1
   */
  DutyCycle(double share) {
    this.restPerWork = 1 / share - 1;
  }

  /** Rests for as long as the work since the last rest deserves. */
  void rest() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep((long) ((System.nanoTime() - since) * restPerWork));
    since = System.nanoTime();
  }
}
