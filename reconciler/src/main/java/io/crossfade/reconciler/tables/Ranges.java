package io.crossfade.reconciler.tables;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Cuts a table into ranges of so many rows, and gives each to one worker. */
final class Ranges {

  /** A range and its number. */
  record Numbered(int number, Range range) {}

  private final DiffState state;
  private final TableSide cut;
  private final int rows;
  private int next;

  /**
   * @param cut the side whose rows are counted
   * @param rows of a range
   */
  Ranges(DiffState state, TableSide cut, int rows) {
    this.state = state;
    this.cut = cut;
    this.rows = rows;
  }

  /** The next range that nobody has read, or {@code null} when there is none. */
  synchronized @Nullable Numbered claim() throws SQLException, IOException {
    Set<Integer> done = state.done().keySet();
    while (true) {
      List<Range> known = state.ranges();
      while (next < known.size()) {
        int number = next++;
        if (!done.contains(number)) {
          return new Numbered(number, known.get(number));
        }
      }
      RowKey after = known.isEmpty() ? null : known.getLast().upTo();
      if (!known.isEmpty() && after == null) {
        return null;
      }
      Optional<RowKey> end = cut.skip(new Range(after, null), rows - 1);
      state.add(new Range(after, end.orElse(null)));
    }
  }
}
