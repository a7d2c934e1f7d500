package io.crossfade.reconciler;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** On which differences of a run a repair is to act; never on one that a repair has touched. */
public sealed interface DifferenceSelection {

  /** All of the run. */
  record All() implements DifferenceSelection {
    @Override
    public String toString() {
      return "all";
    }
  }

  /** Those that a list with this filter shows. */
  record Matching(DifferenceFilter filter) implements DifferenceSelection {
    @Override
    public String toString() {
      return filter.toString();
    }
  }

  /** Those that a person picked. */
  record Rows(Set<DifferencePlace> places) implements DifferenceSelection {

    /** More are asked for by a filter. */
    public static final int MOST = 10_000;

    public Rows {
      if (places.size() > MOST) {
        throw new IllegalArgumentException(
            "%d rows are too many to name: name up to %d, or a filter"
                .formatted(places.size(), MOST));
      }
      places = Set.copyOf(places);
    }

    @Override
    public String toString() {
      return "%d rows by their ids".formatted(places.size());
    }
  }

  /**
   * What was asked for, in one of three ways. Nothing is meant by saying nothing: neither by
   * leaving all three out nor by a filter that matches everything.
   *
   * @throws IllegalArgumentException when it was asked for in no way, or in more than one
   */
  static DifferenceSelection of(
      boolean all, @Nullable DifferenceFilter filter, @Nullable Set<DifferencePlace> rows) {
    if ((all ? 1 : 0) + (filter == null ? 0 : 1) + (rows == null ? 0 : 1) != 1) {
      throw new IllegalArgumentException(
          "Say which rows, in one way: by a filter, by their tables and ids, or all of the run");
    }
    if (rows != null) {
      return new Rows(rows);
    }
    if (filter == null) {
      return new All();
    }
    if (filter.equals(DifferenceFilter.ALL)) {
      throw new IllegalArgumentException(
          "A filter that names nothing matches all of the run: if that is meant, say all");
    }
    return new Matching(filter);
  }
}
