package io.crossfade.legacy;

import io.crossfade.db.process.LoopName;
import java.time.Duration;

/** Every loop of the legacy path. */
enum LegacyLoop implements LoopName {
  WRITER("legacy-writer", Duration.ofMinutes(1));

  private final String label;
  private final Duration longestSilence;

  LegacyLoop(String label, Duration longestSilence) {
    this.label = label;
    this.longestSilence = longestSilence;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public Duration longestSilence() {
    return longestSilence;
  }
}
