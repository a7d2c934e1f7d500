package io.crossfade.db;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row as it comes from the wire. Two rows with the same bytes are equal in every compared column;
 * two with other bytes need a closer look, since servers may write one value in two ways.
 *
 * @param stamp its acceptance stamp
 * @param reason why the path had it; never compared; {@code null} when this release does not know
 *     it
 * @param bytes holds, from {@code from} to before {@code to}, each compared column as the server
 *     wrote it, after its length; shared with other rows
 */
@SuppressWarnings("ArrayRecordComponent") // compared by sameColumns
public record RawRow(
    RecordId id, long stamp, @Nullable RouteReason reason, byte[] bytes, int from, int to) {

  /** Length of a column that is NULL. */
  static final int NULL = -1;

  /** Whether all compared columns have the same bytes. */
  public boolean sameColumns(RawRow other) {
    return Arrays.equals(bytes, from, to, other.bytes, other.from, other.to);
  }

  /** The same row under another id. */
  public RawRow under(RecordId other) {
    return new RawRow(other, stamp, reason, bytes, from, to);
  }

  /** The same row with a route reason that this release does not know. */
  public RawRow spoilt() {
    return new RawRow(id, stamp, null, bytes, from, to);
  }

  /** The same row with other bytes in one compared column. */
  public RawRow altered(int column) {
    ByteBuffer columns = ByteBuffer.wrap(bytes, from, to - from).order(ByteOrder.LITTLE_ENDIAN);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; columns.hasRemaining(); i++) {
      int length = columns.getInt();
      byte[] value = length == NULL ? null : new byte[length];
      if (value != null) {
        columns.get(value);
      }
      if (i == column) {
        value = value == null || value.length == 0 ? new byte[] {1} : flipped(value);
      }
      append(all, value);
    }
    byte[] altered = all.toByteArray();
    return new RawRow(id, stamp, reason, altered, 0, altered.length);
  }

  private static byte[] flipped(byte[] value) {
    value[0] ^= 1;
    return value;
  }

  /** Writes a column as {@link #bytes} holds it: its length, little-endian, then what it has. */
  static void append(ByteArrayOutputStream to, byte @Nullable [] column) {
    byte[] length = new byte[Integer.BYTES];
    ByteBuffer.wrap(length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(column == null ? NULL : column.length);
    to.writeBytes(length);
    if (column != null) {
      to.writeBytes(column);
    }
  }

  /** How many bytes its columns and their lengths have. */
  public int size() {
    return to - from;
  }
}
