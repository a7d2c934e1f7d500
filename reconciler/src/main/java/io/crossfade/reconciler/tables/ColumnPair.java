package io.crossfade.reconciler.tables;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A column of the left table and the one of the right that should hold the same.
 *
 * @param bytesSuffice whether equal bytes mean the same on both sides: known here, as it is asked
 *     for every value
 */
record ColumnPair(ColumnShape left, ColumnShape right, ValueForm form, boolean bytesSuffice) {

  ColumnPair(ColumnShape left, ColumnShape right, ValueForm form) {
    this(left, right, form, form.bytesSuffice());
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
}
