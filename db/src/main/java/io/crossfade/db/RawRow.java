package io.crossfade.db;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/**
 * A row as it comes from the wire. Two rows with the same bytes are equal in every compared column;
 * two with other bytes need a closer look, since servers may write one value in two ways.
 *
 * @param reason why the path had it; never compared
 * @param columns each compared column's length, four bytes, -1 for NULL, and its bytes
 */
@SuppressWarnings("ArrayRecordComponent") // compared by sameColumns
public record RawRow(RecordId id, long stamp, RouteReason reason, byte[] columns) {

  private static final int NULL = -1;

  /** Whether all compared columns have the same bytes. */
  public boolean sameColumns(RawRow other) {
    return Arrays.equals(columns, other.columns);
  }

  /** Reads rows of one result, whose first columns are the id, the stamp and the route reason. */
  static final class Reader {

    private final ResultSet result;
    private final int first;
    private final int columns;
    private ByteBuffer buffer = ByteBuffer.allocate(1 << 10);

    /**
     * @param first number of the first compared column, from 1
     * @param columns how many are compared
     */
    Reader(ResultSet result, int first, int columns) {
      this.result = result;
      this.first = first;
      this.columns = columns;
    }

    RawRow read() throws SQLException {
      buffer.clear();
      for (int column = first; column < first + columns; column++) {
        byte[] bytes = result.getBytes(column);
        if (bytes == null) {
          room(Integer.BYTES).putInt(NULL);
        } else {
          room(Integer.BYTES + bytes.length).putInt(bytes.length).put(bytes);
        }
      }
      return new RawRow(
          RecordId.of(result.getBytes(1)),
          result.getLong(2),
          RouteReason.of(result.getBytes(3)),
          Arrays.copyOf(buffer.array(), buffer.position()));
    }

    private ByteBuffer room(int bytes) {
      if (buffer.remaining() < bytes) {
        ByteBuffer larger = ByteBuffer.allocate((buffer.position() + bytes) * 2);
        larger.put(buffer.flip());
        buffer = larger;
      }
      return buffer;
    }
  }
}
