package io.crossfade.db;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an upload is about; each kind has its own stream, queue, tables and rollout stage. */
public enum Kind {
  HEALTH(0),
  DEVICE(1),
  EVENT(2);

  private static final List<Kind> ALL = List.of(values());

  private final int code;

  Kind(int code) {
    this.code = code;
  }

  /** Its number in entries, journals and keys of letters: permanent, and never used again. */
  public int code() {
    return code;
  }

  /** The kind with a number; empty when this release knows none. */
  public static Optional<Kind> ofCode(int code) {
    for (Kind kind : ALL) {
      if (kind.code == code) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** Name in metrics, settings and answers, for example {@code health}. */
  @JsonValue
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
