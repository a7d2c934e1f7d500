package io.crossfade.db.budget;

/**
 * What bytes are held for. Each may take no more than its share of the whole, so that none starves
 * the others; copies least of all.
 */
public enum Stage {
  /** Uploads from their first byte to their answer: body, parsed items, letters. */
  UPLOADS("uploads", 0.6),
  /** Served records in the memory queue, in a batch included. */
  QUEUE("queue", 0.5),
  /** Served records on their way to Redis. */
  APPENDS("appends", 0.4),
  /** Copies on their way down the other path, in the memory queue or to Redis. */
  COPIES("copies", 0.2),
  /** Entries that consumers have read and not yet written. */
  READS("reads", 0.3),
  /** Rows as writers of the memory queue send them. */
  WRITES("writes", 0.2),
  /** Bodies of the console and the API. */
  OPERATORS("operators", 0.05);

  private final String label;
  private final double share;

  Stage(String label, double share) {
    this.label = label;
    this.share = share;
  }

  /** Its tag in metrics. */
  public String label() {
    return label;
  }

  /** Most of the budget, 0 to 1. */
  double share() {
    return share;
  }
}
