package io.crossfade.db;

import com.mysql.cj.exceptions.CJException;
import com.mysql.cj.jdbc.exceptions.SQLExceptionsMapping;
import com.mysql.cj.protocol.Resultset;
import com.mysql.cj.protocol.ResultsetRows;
import com.mysql.cj.result.Row;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a streaming result from the driver's own rows, since JDBC's {@code getBytes}
 * takes the connection's lock for each column. Columns are copied one after the other into an array
 * that many rows share: an array for each was most of the garbage.
 */
final class RawRowReader {

  private static final int CHUNK = 1 << 16;
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ResultsetRows rows;
  private final int compared;

  private byte[] chunk = new byte[CHUNK];
  private int from;
  private int to;

  /**
   * @param compared how many columns are compared; they follow id, route reason and stamp
   */
  RawRowReader(ResultSet result, int compared) throws SQLException {
    this.rows = result.unwrap(Resultset.class).getRows();
    this.compared = compared;
  }

  /** The next row, or {@code null} after the last. */
  @Nullable RawRow next() throws SQLException {
    try {
      Row row = rows.next();
      return row == null ? null : read(row);
    } catch (CJException e) {
      throw SQLExceptionsMapping.translateException(e);
    }
  }

  /** From left to right: the driver looks for a column from the one before it. */
  private RawRow read(Row row) {
    RecordId id = RecordId.of(row.getBytes(0));
    RouteReason reason = RouteReason.of(row.getBytes(1));
    long stamp = (long) LONG.get(row.getBytes(2), 0);
    from = to;
    int first = OutputScan.FIRST_COLUMN - 1;
    for (int i = 0; i < compared; i++) {
      append(row.getBytes(first + i));
    }
    return new RawRow(id, stamp, reason, chunk, from, to);
  }

  private void append(byte @Nullable [] column) {
    int length = column == null ? 0 : column.length;
    makeRoomFor(Integer.BYTES + length);
    INT.set(chunk, to, column == null ? RawRow.NULL : length);
    to += Integer.BYTES;
    if (column != null) {
      System.arraycopy(column, 0, chunk, to, length);
      to += length;
    }
  }

  /** Takes the columns that the row already has along. */
  private void makeRoomFor(int bytes) {
    if (to + bytes > chunk.length) {
      int begun = to - from;
      byte[] larger = new byte[Math.max(CHUNK, begun + bytes)];
      System.arraycopy(chunk, from, larger, 0, begun);
      chunk = larger;
      from = 0;
      to = begun;
    }
  }
}
