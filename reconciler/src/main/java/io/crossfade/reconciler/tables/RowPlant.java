package io.crossfade.reconciler.tables;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * How one row is shown otherwise than a side has it, to see whether the run finds it.
 *
 * @param column the one that has another value; {@link #HIDDEN} when the side does not show the row
 */
record RowPlant(Side side, int column) {

  static final int HIDDEN = -1;

  boolean isHidden() {
    return column == HIDDEN;
  }

  /** What a side shows of a row; {@code null} when it does not. */
  @Nullable TableRow shown(TablePair pair, Side shownBy, @Nullable TableRow row) {
    if (row == null || shownBy != side) {
      return row;
    }
    return isHidden()
        ? null
        : row.with(column, altered(pair.columns().get(column), row.value(column)));
  }

  /** Another value, which is not the same by the rule of its column. */
  private static byte @Nullable [] altered(ColumnPair column, byte @Nullable [] value) {
    if (value == null) {
      return "1".getBytes(StandardCharsets.US_ASCII);
    }
    if (column.form() instanceof ColumnRule.Near near) {
      return near.far(value).orElse(null);
    }
    if (value.length > 0) {
      byte[] other = value.clone();
      byte last = other[other.length - 1];
      other[other.length - 1] = (byte) (last == '7' ? '8' : '7');
      if (!column.same(value, other)) {
        return other;
      }
    }
    return null;
  }
}
