package io.crossfade.reconciler.tables;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A column of the left table and the one of the right that should hold the same.
 *
 * @param byType how it would be compared if nobody had written a rule; {@code null} where nobody
 *     has
 * @param bytesSuffice whether equal bytes mean the same on both sides: known here, as it is asked
 *     for every value
 */
record ColumnPair(
    ColumnShape left,
    ColumnShape right,
    ValueForm form,
    @Nullable ValueForm byType,
    boolean bytesSuffice) {

  ColumnPair(ColumnShape left, ColumnShape right, ValueForm form, @Nullable ValueForm byType) {
    this(left, right, form, byType, form.bytesSuffice());
  }

  /** What it is called: as in the left table. */
  String name() {
    return left.name();
  }

  ColumnShape of(Side side) {
    return side == Side.LEFT ? left : right;
  }

  /** Whether two values are the same. */
  boolean same(byte @Nullable [] one, byte @Nullable [] other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return (bytesSuffice && Arrays.equals(one, other)) || form.same(one, other);
  }

  /** Whether two values that are the same would not be without the rule of the column. */
  boolean onlyByRule(byte @Nullable [] one, byte @Nullable [] other) {
    return byType != null
        && one != null
        && other != null
        && !(byType.bytesSuffice() && Arrays.equals(one, other))
        && !byType.same(one, other);
  }
}
