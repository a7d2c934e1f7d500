package io.crossfade.reconciler;

/** Every metric of the reconciler. */
public enum ReconcilerMeter {
  /** Records. Tags: kind, path, outcome (written, repeated, dead_letter, lost). */
  ACCOUNTED("accounted", "Records that a path had accepted, by what became of them"),
  /** Records. */
  UNNOTED("unnoted", "Records that could not be noted in the acceptance journal"),
  /** Segments. */
  ASIDE("journal.aside", "Journal segments with something unreadable that were put aside"),
  /** Segments. */
  OPEN_SEGMENTS("journal.open", "Journal segments that wait to be accounted for"),
  /** Rows. Tag: kind. */
  COMPARED("compared", "Rows that the rolling comparison compared"),
  /** Rows. Tags: kind, class. */
  DIFFERENCES("differences", "Rows on which the outputs do not agree; tags kind, class"),
  /** Rows. Tag: kind. */
  UNEXPLAINED("unexplained", "Rows that do not agree, and nobody knows why; tag kind"),
  /** Rows. Tag: kind. */
  LATE("late", "Rows that agreed only at the second look; tag kind"),
  /** Rows. Tags: kind, outcome (found, missed, invented). */
  PLANTS("plants", "Rows planted in rolling comparisons; tags kind, outcome"),
  /** Runs that compared rows. Tags: kind, outcome (full, broken, bare). */
  PROOFS("proofs", "Rolling comparisons by what their proof came to; tags kind, outcome"),
  /** Ratio. NaN before the first rows. Tag: kind. */
  CONSISTENCY("consistency", "Share of rows that agree or are explained, newest window; tag kind"),
  /** Seconds. NaN before the first comparison on this instance. */
  COMPARED_AGE("compared.age", "Since the end of the newest window that was compared here"),
  /** Seconds. */
  COMPARISON("comparison", "How long a rolling comparison took"),
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
