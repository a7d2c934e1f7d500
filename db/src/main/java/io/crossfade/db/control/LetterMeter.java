package io.crossfade.db.control;

/** Every meter of the dead letters; each has the tag {@code source}. */
public enum LetterMeter {
  DROPPED(
      "crossfade.letters.dropped",
      "Letters that the quota had no room for; tag reason: per-minute, or total"),
  BYTES("crossfade.letters.bytes", "What all letters take, when last looked at, bytes"),
  MAX_BYTES("crossfade.letters.max.bytes", "What they may take, bytes");

  private final String id;
  private final String description;

  LetterMeter(String id, String description) {
    this.id = id;
    this.description = description;
  }

  public String id() {
    return id;
  }

  public String description() {
    return description;
  }
}
