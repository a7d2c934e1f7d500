package io.crossfade.reconciler.tables;

import java.util.Arrays;

/** What tells a row apart, in a form that is the same on both sides. */
@SuppressWarnings("ArrayRecordComponent") // Compared by what is in them.
record RowKey(byte[][] parts) {

  byte[] part(int column) {
    return parts[column];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowKey key && Arrays.deepEquals(parts, key.parts);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(parts);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(parts);
  }
}
