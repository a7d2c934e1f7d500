package io.crossfade.db;

import java.util.Locale;

/** The way a record takes from the router to its output. */
public enum DeliveryPath {
  /** The memory queue of the system being migrated. */
  LEGACY,
  /** Redis Streams. */
  STREAM;

  /** Name in metrics and settings, for example {@code legacy}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public DeliveryPath other() {
    return this == LEGACY ? STREAM : LEGACY;
  }
}
