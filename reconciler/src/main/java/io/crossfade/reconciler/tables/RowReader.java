package io.crossfade.reconciler.tables;

import com.mysql.cj.exceptions.CJException;
import com.mysql.cj.jdbc.exceptions.SQLExceptionsMapping;
import com.mysql.cj.protocol.Resultset;
import com.mysql.cj.protocol.ResultsetRows;
import com.mysql.cj.result.Row;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Takes the values of rows from the driver as the server sent them: JDBC would make types of them,
 * which know neither zero dates nor the bytes of a text.
 */
final class RowReader {

  private final ResultsetRows rows;
  private final int columns;

  RowReader(ResultSet result, int columns) throws SQLException {
    this.rows = result.unwrap(Resultset.class).getRows();
    this.columns = columns;
  }

  /** The next row, or {@code null} after the last. */
  @Nullable TableRow next() throws SQLException {
    try {
      Row row = rows.next();
      if (row == null) {
        return null;
      }
      byte[][] values = new byte[columns][];
      for (int i = 0; i < columns; i++) {
        values[i] = row.getBytes(i);
      }
      return new TableRow(values);
    } catch (CJException e) {
      throw SQLExceptionsMapping.translateException(e);
    }
  }
}
