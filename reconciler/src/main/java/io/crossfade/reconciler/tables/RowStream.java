package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.diff.OutputDiff;
import io.crossfade.reconciler.diff.ReadAhead;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads a range of one table ahead, on a connection that nobody else uses meanwhile. */
final class RowStream implements OutputDiff.Source<TableRow>, AutoCloseable {

  private final TableSide side;
  private final Range range;
  private final ReadAhead<TableRow> ahead;

  RowStream(TableSide side, Range range) {
    this.side = side;
    this.range = range;
    this.ahead = new ReadAhead<>("row-stream", this::read);
  }

  @Override
  public @Nullable TableRow next() throws SQLException {
    return ahead.next();
  }

  /** Ends; a range that was not read to its end costs the connection. */
  @Override
  public void close() {
    if (!ahead.closed() && !ahead.ended()) {
      side.abort();
    }
    ahead.close();
    ahead.join();
  }

  private void read(ReadAhead<TableRow> rows) throws SQLException {
    try (TableSide.Cursor cursor = side.open(range)) {
      for (TableRow row = cursor.next(); row != null; row = cursor.next()) {
        rows.add(row, row.size());
      }
    }
  }
}
