package io.crossfade.reconciler;

import io.crossfade.db.RecordId;

/** Where a difference stands in its run: the row's table and id. */
public record DifferencePlace(String table, RecordId id) {

  public DifferencePlace {
    if (!table.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new IllegalArgumentException("'%s' is no table".formatted(table));
    }
  }

  /**
   * The place that {@link #toString} prints.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static DifferencePlace parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "'%s' is no place in a run, which is a table, a colon and an id".formatted(text));
    }
    return new DifferencePlace(text.substring(0, colon), RecordId.parse(text.substring(colon + 1)));
  }

  /** For example {@code t_common_event:0192…}. */
  @Override
  public String toString() {
    return table + ":" + id;
  }
}
