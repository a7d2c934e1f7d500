package io.crossfade.db;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What an upload is about; each kind has its own stream, queue, tables and rollout stage. */
public enum Kind {
  HEALTH,
  DEVICE,
  EVENT;

  /** Name in metrics, settings and answers, for example {@code health}. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
