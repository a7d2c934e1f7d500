package io.crossfade.reconciler.tables;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A row as it came from the wire: the columns of the key, the others, and the weights of texts in
 * the key. Its arrays are the driver's own and are not changed.
 */
final class TableRow {

  /** What an array takes beside its bytes, about. */
  private static final int ARRAY = 24;

  /** No row has this fingerprint. */
  private static final long UNKNOWN = 0;

  private final byte[][] values;
  private final long fingerprint;

  /**
   * @param values an element is {@code null} for NULL
   */
  TableRow(byte[][] values) {
    this(values, UNKNOWN);
  }

  /**
   * @param fingerprint of a row of which these are only parts
   */
  TableRow(byte[][] values, long fingerprint) {
    this.values = values;
    this.fingerprint = fingerprint;
  }

  byte @Nullable [] value(int column) {
    return values[column];
  }

  /** A value that is not NULL, as those of a key are. */
  byte[] key(int column) {
    return values[column];
  }

  /** Bytes that it takes in memory, about. */
  int size() {
    int size = ARRAY;
    for (byte[] value : values) {
      size += ARRAY + (value == null ? 0 : value.length);
    }
    return size;
  }

  /** The same row with another value in one column. */
  TableRow with(int column, byte @Nullable [] value) {
    byte[][] changed = values.clone();
    changed[column] = value;
    return new TableRow(changed);
  }

  /** The same row without some columns. */
  TableRow without(int from, int count) {
    if (count == 0) {
      return this;
    }
    byte[][] fewer = Arrays.copyOf(values, values.length - count);
    System.arraycopy(values, from + count, fewer, from, fewer.length - from);
    return new TableRow(fewer);
  }

  /** A number that tells whether a row has changed, not whether two are the same; never 0. */
  long fingerprint() {
    if (fingerprint != UNKNOWN) {
      return fingerprint;
    }
    CRC32C one = new CRC32C();
    long lengths = 0;
    for (byte[] value : values) {
      lengths = lengths * 31 + (value == null ? -1 : value.length);
      if (value != null) {
        one.update(value);
      }
    }
    long number = (one.getValue() << 32) ^ lengths;
    return number == UNKNOWN ? 1 : number;
  }

  /** For people. */
  @Nullable String text(int column) {
    byte[] value = values[column];
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }
}
