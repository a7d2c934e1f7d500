package io.crossfade.stream;

import io.crossfade.db.process.LoopName;
import java.time.Duration;

/** Every loop of the stream path. */
enum StreamLoop implements LoopName {
  /** A statement may wait for a lock for most of a minute. */
  CONSUMER("stream-consumer", Duration.ofMinutes(2)),
  CONSUMERS("stream-consumers", Duration.ofSeconds(30)),
  UPKEEP("stream-upkeep", Duration.ofMinutes(1)),
  APPEND_CONNECTION("append-connection", Duration.ofSeconds(30)),
  APPEND_TIMEOUT("append-timeout", Duration.ofSeconds(10)),
  APPEND_COPIES("append-copies", Duration.ofSeconds(10)),
  APPEND_LAYOUT("append-layout", Duration.ofSeconds(30));

  private final String label;
  private final Duration longestSilence;

  StreamLoop(String label, Duration longestSilence) {
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

  /** Who waits here is an upload that falls back, or an entry that is not written. */
  @Override
  public Duration longestPause() {
    return Duration.ofSeconds(5);
  }
}
