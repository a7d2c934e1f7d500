package io.crossfade.db;

import java.time.Duration;

/**
 * How long a writer waits before it tries a batch again that the database did not take: longer each
 * time, for a server that restarts needs seconds.
 */
public final class RetryPause {

  public static final Duration FIRST = Duration.ofMillis(100);
  private static final Duration LONGEST = Duration.ofSeconds(5);

  private Duration next = FIRST;

  /** The next pause: twice the last, up to five seconds. */
  public Duration next() {
    Duration pause = next;
    Duration doubled = pause.multipliedBy(2);
    next = doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    return pause;
  }
}
