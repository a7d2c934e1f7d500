package io.crossfade.reconciler.tables;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Cuts a table into ranges of so many rows, and gives each to one worker. */
final class Ranges {

  /** A range is cut in so many steps, each of which is a place to draw plants from. */
  private static final int STEPS = 16;

  /** Rows of a step where nobody has counted any. */
  private static final int FEW = 2_000;

  /**
   * A range and its number.
   *
   * @param steps keys within it, before the first of which it begins; those that follow one of them
   *     are in it
   * @param rowsOfStep about as many are between two of them
   */
  record Numbered(int number, Range range, List<RowKey> steps, int rowsOfStep) {}

  /** All of a table as one range. */
  static Numbered whole(TableSide cut, long rows) throws SQLException {
    int step = Math.clamp(rows / STEPS, 1, FEW * FEW);
    List<RowKey> steps = new ArrayList<>();
    steps(cut, null, step, STEPS, steps);
    return new Numbered(0, Range.ALL, steps, step);
  }

  /**
   * Goes so many steps; returns where the last one ends, or nothing where the table does before.
   */
  private static Optional<RowKey> steps(
      TableSide cut, @Nullable RowKey after, int rows, int count, List<RowKey> steps)
      throws SQLException {
    RowKey at = after;
    for (int i = 0; i < count; i++) {
      RowKey end = cut.skip(new Range(at, null), rows - 1).orElse(null);
      if (end == null) {
        return Optional.empty();
      }
      steps.add(end);
      at = end;
    }
    return Optional.ofNullable(at);
  }

  private final DiffState state;
  private final TableSide cut;
  private final int rows;
  private final Map<Integer, List<RowKey>> cutHere = new HashMap<>();
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

  private int rowsOfStep() {
    return rows < FEW ? rows : rows / STEPS;
  }

  /** The next range that nobody has read, or {@code null} when there is none. */
  synchronized @Nullable Numbered claim() throws SQLException, IOException {
    Set<Integer> done = state.done().keySet();
    while (true) {
      List<Range> known = state.ranges();
      while (next < known.size()) {
        int number = next++;
        if (!done.contains(number)) {
          List<RowKey> steps = cutHere.remove(number);
          return steps == null
              ? new Numbered(number, known.get(number), List.of(), FEW)
              : new Numbered(number, known.get(number), steps, rowsOfStep());
        }
      }
      RowKey after = known.isEmpty() ? null : known.getLast().upTo();
      if (!known.isEmpty() && after == null) {
        return null;
      }
      List<RowKey> steps = new ArrayList<>();
      int step = rowsOfStep();
      int whole = rows / step;
      Optional<RowKey> end = steps(cut, after, step, whole, steps);
      if (end.isPresent() && rows % step > 0) {
        end = cut.skip(new Range(end.get(), null), rows % step - 1);
      } else if (end.isPresent()) {
        // The range ends with it.
        steps.removeLast();
      }
      cutHere.put(known.size(), steps);
      state.add(new Range(after, end.orElse(null)));
    }
  }
}
