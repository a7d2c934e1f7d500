package io.crossfade.db;

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

  /** Whether all compared columns have the same bytes. */
  public boolean sameColumns(RawRow other) {
    return Arrays.equals(bytes, from, to, other.bytes, other.from, other.to);
  }

  /** How many bytes its columns and their lengths have. */
  public int size() {
    return to - from;
  }
}
