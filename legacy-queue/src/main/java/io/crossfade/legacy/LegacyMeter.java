package io.crossfade.legacy;

/** Every meter of the legacy path; each has the tag {@code kind}. */
public enum LegacyMeter {
  ACCEPTED("crossfade.legacy.accepted", "Records that the memory queue took"),
  REFUSED("crossfade.legacy.refused", "Records refused because the queue was full or stopping"),
  HELD("crossfade.legacy.held", "Records in the queue or in a batch; they die with the process"),
  HELD_BYTES("crossfade.legacy.held.bytes", "What they take of the budget, bytes"),
  CAPACITY("crossfade.legacy.capacity", "Records the queue holds at most"),
  WRITTEN("crossfade.legacy.written", "Records that a batch committed, repeats included"),
  DEAD("crossfade.legacy.dead", "Records the database refused, kept in the dead letters"),
  LOST("crossfade.legacy.lost", "Records that a stop left unwritten"),
  RETRIES(
      "crossfade.legacy.retries",
      "Batches written again: the database was away, or did not say why"),
  WRITE("crossfade.legacy.write", "How long a batch took to commit"),
  ACCEPT_TO_ROW("crossfade.legacy.accept.to.row", "From acceptance to the committed row");

  private final String id;
  private final String description;

  LegacyMeter(String id, String description) {
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
