package io.crossfade.db.process;

import java.time.Duration;

/**
 * What a loop does, which is also the tag of its metrics: constants of one enum per module. Several
 * threads may do it.
 */
public interface LoopName {

  /** For people and metrics, for example {@code legacy-writer}. */
  String label();

  /**
   * How long a step may take, beyond the rest before it, until the loop no longer counts as alive;
   * a step that takes long by its nature says {@link SupervisedLoop#beat()} meanwhile.
   */
  Duration longestSilence();

  /** Most that the loop waits after failures. */
  default Duration longestPause() {
    return Duration.ofSeconds(10);
  }
}
