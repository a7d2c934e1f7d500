package io.crossfade.router;

import io.crossfade.db.process.LoopName;
import java.time.Duration;

/** Every loop of the router. */
public enum RouterLoop implements LoopName {
  FLAGS("rollout-flags", Duration.ofSeconds(30), Duration.ofSeconds(1)),
  REPORT("rollout-report", Duration.ofMinutes(1), Duration.ofSeconds(2)),
  COMPARE("rollout-compare", Duration.ofMinutes(15), Duration.ofSeconds(10)),
  DECIDE("rollout-decide", Duration.ofMinutes(2), Duration.ofSeconds(10)),
  CHECK("gate-check", Duration.ofMinutes(3), Duration.ofSeconds(10)),
  MIRROR_LEDGER("mirror-ledger", Duration.ofMinutes(1), Duration.ofSeconds(10)),
  NODE("acceptance-node", Duration.ofMinutes(2), Duration.ofSeconds(5)),
  CONSOLE_FEED("console-feed", Duration.ofMinutes(1), Duration.ofSeconds(10)),
  HISTORY_COUNT("history-count", Duration.ofMinutes(1), Duration.ofSeconds(2)),
  HISTORY_KEEP("history-keep", Duration.ofMinutes(2), Duration.ofSeconds(10)),
  SLOW_BODIES("slow-bodies", Duration.ofSeconds(30), Duration.ofSeconds(1));

  private final String label;
  private final Duration longestSilence;
  private final Duration longestPause;

  RouterLoop(String label, Duration longestSilence, Duration longestPause) {
    this.label = label;
    this.longestSilence = longestSilence;
    this.longestPause = longestPause;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public Duration longestSilence() {
    return longestSilence;
  }

  @Override
  public Duration longestPause() {
    return longestPause;
  }
}
