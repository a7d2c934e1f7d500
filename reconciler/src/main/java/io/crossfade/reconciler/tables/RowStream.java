package io.crossfade.reconciler.tables;

import io.crossfade.db.process.FatalErrors;
import io.crossfade.reconciler.diff.OutputDiff;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads a range of one table ahead, on a thread of its own. Holds some megabytes at most, or one
 * row that is larger.
 */
final class RowStream implements OutputDiff.Source<TableRow>, AutoCloseable {

  private static final int BLOCK_ROWS = 256;
  private static final int BLOCK_BYTES = 1 << 18;
  private static final int BLOCKS = 8;

  /** Of this side, beside the block that is merged and the one that is filled. */
  private static final int MOST_BYTES = 1 << 21;

  /** Rows in order; the last block may have failed instead. */
  private record Block(List<TableRow> rows, int bytes, boolean last, @Nullable Throwable failure) {}

  private final TableSide side;
  private final Range range;
  private final BlockingQueue<Block> blocks = new ArrayBlockingQueue<>(BLOCKS);
  private final Semaphore room = new Semaphore(MOST_BYTES);
  private final Thread thread;
  private volatile boolean closed;
  private Block current = new Block(List.of(), 0, false, null);
  private int next;

  RowStream(TableSide side, Range range) {
    this.side = side;
    this.range = range;
    this.thread = Thread.ofPlatform().name("row-stream").daemon(true).start(this::read);
  }

  @Override
  public @Nullable TableRow next() throws SQLException {
    while (next == current.rows().size()) {
      if (current.last()) {
        return null;
      }
      room.release(current.bytes());
      current = arrived();
      next = 0;
      Throwable failure = current.failure();
      if (failure != null) {
        throw failure instanceof SQLException sql ? sql : new SQLException(failure);
      }
    }
    return current.rows().get(next++);
  }

  private Block arrived() throws SQLException {
    try {
      while (true) {
        boolean ended = !thread.isAlive();
        Block block = blocks.poll(1, TimeUnit.SECONDS);
        if (block != null) {
          return block;
        }
        if (ended) {
          throw new SQLException("The reader of the %s has ended".formatted(side));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("Interrupted while reading", e);
    }
  }

  /** Ends; a range that was not read to its end costs the connection. */
  @Override
  public void close() {
    if (!closed && !current.last()) {
      side.abort();
    }
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    try (TableSide.Cursor rows = side.open(range)) {
      List<TableRow> filling = new ArrayList<>(BLOCK_ROWS);
      int bytes = 0;
      for (TableRow row = rows.next(); row != null; row = rows.next()) {
        filling.add(row);
        bytes += row.size();
        if (filling.size() == BLOCK_ROWS || bytes >= BLOCK_BYTES) {
          put(filling, bytes, false);
          filling = new ArrayList<>(BLOCK_ROWS);
          bytes = 0;
        }
      }
      put(filling, bytes, true);
    } catch (InterruptedException e) {
      closed = true;
    } catch (SQLException | RuntimeException | Error e) {
      FatalErrors.endIfFatal(e);
      fail(e);
    }
  }

  private void put(List<TableRow> rows, int bytes, boolean last) throws InterruptedException {
    int taken = Math.min(bytes, MOST_BYTES);
    room.acquire(taken);
    blocks.put(new Block(rows, taken, last, null));
  }

  private void fail(Throwable failure) {
    try {
      blocks.put(new Block(List.of(), 0, true, failure));
    } catch (InterruptedException e) {
      closed = true;
    }
  }
}
