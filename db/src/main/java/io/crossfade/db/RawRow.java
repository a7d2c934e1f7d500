package io.crossfade.db;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A row as it comes from the wire. Two rows with the same bytes are equal in every compared column;
 * two with other bytes need a closer look, since servers may write one value in two ways.
 *
 * @param stamp its acceptance stamp; 0 in the order of ids, where nobody asks for it
 * @param reason why the path had it; never compared
 * @param columns each compared column as the server wrote it; {@code null} is the database's NULL
 */
@SuppressWarnings("ArrayRecordComponent") // compared by sameColumns
public record RawRow(RecordId id, long stamp, RouteReason reason, byte[] @Nullable [] columns) {

  /** Whether all compared columns have the same bytes. */
  public boolean sameColumns(RawRow other) {
    for (int i = 0; i < columns.length; i++) {
      if (!Arrays.equals(columns[i], other.columns[i])) {
        return false;
      }
    }
    return true;
  }

  /** How many bytes its columns have. */
  public int size() {
    int size = 0;
    for (byte[] column : columns) {
      size += column == null ? 0 : column.length;
    }
    return size;
  }

  /**
   * Reads the current row of a result from left to right: the driver looks for a column from the
   * one before it.
   *
   * @param compared how many columns are compared
   * @param stamped whether the stamp follows them
   */
  static RawRow read(ResultSet result, int compared, boolean stamped) throws SQLException {
    RecordId id = RecordId.of(result.getBytes(1));
    RouteReason reason = RouteReason.of(result.getBytes(2));
    byte[][] columns = new byte[compared][];
    for (int i = 0; i < compared; i++) {
      columns[i] = result.getBytes(OutputScan.FIRST_COLUMN + i);
    }
    long stamp = stamped ? result.getLong(OutputScan.FIRST_COLUMN + compared) : 0;
    return new RawRow(id, stamp, reason, columns);
  }
}
