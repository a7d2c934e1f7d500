package io.crossfade.stream;

import java.time.Duration;

/**
 * Decides how many consumers a kind needs. Pure: the caller says what waits and for how long
 * nothing did.
 */
final class ConsumerScaling {

  /** Entries waiting beyond which another consumer starts. */
  static final long BACKLOG = 1_000;

  /** How long nothing must wait before a consumer beyond the first stops. */
  static final Duration IDLE = Duration.ofSeconds(10);

  private ConsumerScaling() {}

  /**
   * @param consumers running now
   * @param most allowed
   * @param waiting entries that no consumer has read
   * @param idleFor how long nothing has been waiting
   * @return how many should run, at most one more or less than now
   */
  static int decide(int consumers, int most, long waiting, Duration idleFor) {
    if (consumers < 1 || (waiting > BACKLOG && consumers < most)) {
      return consumers + 1;
    }
    return consumers > 1 && idleFor.compareTo(IDLE) >= 0 ? consumers - 1 : consumers;
  }
}
