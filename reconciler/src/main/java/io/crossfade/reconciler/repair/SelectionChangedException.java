package io.crossfade.reconciler.repair;

/** Not the rows that a person was shown would be repaired now. Nothing was. */
public final class SelectionChangedException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final long selected;

  SelectionChangedException(String expected, long selected, String digest) {
    super(
        ("The selection is not the one of the preview %s: it has %d rows now (%s); nothing was"
                + " repaired, look at a new preview")
            .formatted(expected, selected, digest));
    this.selected = selected;
  }

  /** How many rows are selected now. */
  public long selected() {
    return selected;
  }
}
