package io.crossfade.reconciler;

import io.crossfade.db.process.LoopName;
import java.time.Duration;

/** Every loop of the reconciler. A night's comparison takes as long as its tables are large. */
public enum ReconcilerLoop implements LoopName {
  ACCOUNTING("accounting", Duration.ofMinutes(10)),
  NIGHTLY("nightly", Duration.ofHours(12));

  private final String label;
  private final Duration longestSilence;

  ReconcilerLoop(String label, Duration longestSilence) {
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
