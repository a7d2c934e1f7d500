package io.crossfade.reconciler.tables;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A column of the left table and the one of the right that should hold the same. */
record ColumnPair(ColumnShape left, ColumnShape right, ValueForm form) {

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
    return Arrays.equals(one, other) || form.same(one, other);
  }
}
