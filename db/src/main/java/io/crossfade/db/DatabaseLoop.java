package io.crossfade.db;

import io.crossfade.db.process.LoopName;
import java.time.Duration;

/** The loop that looks whether the databases answer; a migration is one step of it. */
enum DatabaseLoop implements LoopName {
  DATABASES;

  @Override
  public String label() {
    return "databases";
  }

  @Override
  public Duration longestSilence() {
    return Duration.ofMinutes(30);
  }
}
