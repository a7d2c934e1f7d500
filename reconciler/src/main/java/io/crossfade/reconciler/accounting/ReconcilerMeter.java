package io.crossfade.reconciler.accounting;

/** Every metric of the reconciler. */
public enum ReconcilerMeter {
  /** Records. Tags: kind, path, outcome (written, repeated, dead_letter, lost). */
  ACCOUNTED("accounted", "Records that a path had accepted, by what became of them"),
  /** Records. */
  UNNOTED("unnoted", "Records that could not be noted in the acceptance journal"),
  /** Segments. */
  OPEN_SEGMENTS("journal.open", "Journal segments that wait to be accounted for"),
  /** Seconds. NaN before the first report. */
  REPORT_AGE("report.age", "Age of the newest nightly report");

  private final String id;
  private final String description;

  ReconcilerMeter(String name, String description) {
    this.id = "crossfade.reconciler." + name;
    this.description = description;
  }

  public String id() {
    return id;
  }

  public String description() {
    return description;
  }
}
