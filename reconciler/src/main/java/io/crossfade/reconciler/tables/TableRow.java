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
  private final int whole;

  /**
   * @param values an element is {@code null} for NULL
   */
  TableRow(byte[][] values) {
    this(values, UNKNOWN, 0);
  }

  /**
   * @param fingerprint of a row of which these are only parts
   * @param whole bytes that it takes in memory; 0 when these are all
   */
  TableRow(byte[][] values, long fingerprint, int whole) {
    this.values = values;
    this.fingerprint = fingerprint;
    this.whole = whole;
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

  /** Bytes that it takes once it is read again. */
  int whole() {
    return whole == 0 ? size() : whole;
  }

  /** The same row with another value in one column; known by its number in every form. */
  TableRow with(int column, byte @Nullable [] value) {
    byte[][] changed = values.clone();
    changed[column] = value;
    return new TableRow(changed, numbered(fingerprint() * 31 + column), whole());
  }

  /**
   * The same row with digests of its long values, in which two that differ do not agree.
   *
   * @param from the first column that may be cut; those of a key are before it
   * @param longest bytes that stay as they are
   */
  TableRow compact(int from, int longest) {
    byte[][] cut = null;
    for (int i = from; i < values.length; i++) {
      byte[] value = values[i];
      if (value != null && value.length > longest) {
        cut = cut == null ? values.clone() : cut;
        cut[i] = Sql.digest(value);
      }
    }
    return cut == null ? this : new TableRow(cut, fingerprint(), whole());
  }

  private static long numbered(long number) {
    return number == UNKNOWN ? 1 : number;
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
    return numbered(number);
  }

  /** For people. */
  @Nullable String text(int column) {
    byte[] value = values[column];
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }
}
