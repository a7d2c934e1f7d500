package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.diff.OutputDiff;
import io.crossfade.reconciler.diff.ReadAhead;
import java.sql.SQLException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of one table ahead, on a connection that nobody else uses meanwhile. A long value
 * is kept as its digest: rows that differ are read again.
 */
final class RowStream implements OutputDiff.Source<TableRow>, AutoCloseable {

  private static final int LONG_VALUE = 1 << 16;

  /** So many small rows in a row make it likely that the next one is small. */
  private static final int AMONG = 1_000;

  /** Where rows are large one is taken from the wire at a time: the driver has it several times. */
  private static final ReentrantLock ONE_LARGE_ROW = new ReentrantLock();

  private final TableSide side;
  private final Range range;
  private final ReadAhead<TableRow> ahead;
  private int small;

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
    small = side.mayBeLarge() ? 0 : AMONG;
    try (TableSide.Cursor cursor = side.open(range)) {
      for (TableRow row = one(cursor); row != null; row = one(cursor)) {
        rows.add(row, row.size());
      }
    }
  }

  private @Nullable TableRow one(TableSide.Cursor cursor) throws SQLException {
    if (small >= AMONG) {
      return compact(cursor.next());
    }
    ONE_LARGE_ROW.lock();
    try {
      return compact(cursor.next());
    } finally {
      ONE_LARGE_ROW.unlock();
    }
  }

  private @Nullable TableRow compact(@Nullable TableRow row) {
    if (row == null) {
      return null;
    }
    TableRow kept = row.compact(side.keyColumns(), LONG_VALUE);
    if (kept != row) {
      small = 0;
    } else if (small < AMONG) {
      small++;
    }
    return kept;
  }
}
