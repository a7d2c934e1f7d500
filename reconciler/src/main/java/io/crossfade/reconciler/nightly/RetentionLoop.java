package io.crossfade.reconciler.nightly;

import io.crossfade.db.process.LoopName;
import java.time.Duration;

/** The loop that forgets what is old; it beats after each slice. */
enum RetentionLoop implements LoopName {
  RETENTION;

  @Override
  public String label() {
    return "retention";
  }

  @Override
  public Duration longestSilence() {
    return Duration.ofMinutes(5);
  }
}
