package io.crossfade.reconciler.diff;

import io.crossfade.db.OutputScan;
import io.crossfade.db.RawRow;
import io.crossfade.db.TableReader;
import io.crossfade.db.process.FatalErrors;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads one side of a table ahead, page by page, on a thread of its own: each page a short
 * transaction of about half a second. Holds a few hundred rows, whatever the window.
 */
final class SideReader implements OutputDiff.Source<RawRow>, AutoCloseable {

  private static final int BLOCK_ROWS = 512;
  private static final int BLOCK_BYTES = 1 << 18;
  private static final int BLOCKS = 8;

  /** Rows in order; the last block may have failed instead. */
  private record Block(List<RawRow> rows, boolean last, @Nullable Throwable failure) {}

  /** The merge has gone; the rest of the page is not wanted. */
  private static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final DataSource dataSource;
  private final TableReader scan;
  private final OutputScan.Order order;
  private final ComparisonWindow window;
  private final Throttle throttle;
  private final BlockingQueue<Block> blocks = new ArrayBlockingQueue<>(BLOCKS);
  private final Thread thread;
  private volatile boolean closed;

  private final OutputScan.@Nullable Place start;
  private @Nullable RawRow last;
  private List<RawRow> filling = new ArrayList<>(BLOCK_ROWS);
  private int fillingBytes;

  private Block current = new Block(List.of(), false, null);
  private int next;

  SideReader(
      DataSource dataSource,
      TableReader scan,
      OutputScan.Order order,
      ComparisonWindow window,
      OutputScan.@Nullable Place after,
      Throttle throttle) {
    this.dataSource = dataSource;
    this.scan = scan;
    this.order = order;
    this.window = window;
    this.start = after;
    this.throttle = throttle;
    this.thread = Thread.ofPlatform().name("side-reader").daemon(true).start(this::read);
  }

  @Override
  public @Nullable RawRow next() throws SQLException {
    while (next == current.rows().size()) {
      if (current.last()) {
        return null;
      }
      try {
        current = arrived();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new SQLException("Interrupted while reading", e);
      }
      next = 0;
      Throwable failure = current.failure();
      if (failure != null) {
        throw failure instanceof SQLException sql ? sql : new SQLException(failure);
      }
    }
    return current.rows().get(next++);
  }

  /** The next block; a reader that ended without one, however that came, ends the merge. */
  private Block arrived() throws InterruptedException {
    Block block = null;
    while (block == null) {
      boolean ended = !thread.isAlive();
      block = blocks.poll(1, TimeUnit.SECONDS);
      if (block == null && ended) {
        return new Block(List.of(), true, new IllegalStateException("The reader has ended"));
      }
    }
    return block;
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    blocks.clear();
  }

  private void read() {
    try {
      PageSize size = new PageSize();
      int limit;
      int rows;
      do {
        throttle.await(dataSource);
        limit = size.rows();
        long begin = System.nanoTime();
        rows = scan.page(order, window.fromStamp(), window.toStamp(), place(), limit, this::add);
        size.took(rows, Duration.ofNanos(System.nanoTime() - begin));
      } while (rows == limit && !closed);
      put(new Block(filling, true, null));
    } catch (ClosedException | InterruptedException e) {
      closed = true;
    } catch (SQLException | RuntimeException | Error e) {
      FatalErrors.endIfFatal(e);
      putFailure(e);
    }
  }

  private OutputScan.@Nullable Place place() {
    return last == null ? start : new OutputScan.Place(last.stamp(), last.id());
  }

  private void add(RawRow row) {
    filling.add(row);
    fillingBytes += row.size();
    last = row;
    if (filling.size() == BLOCK_ROWS || fillingBytes >= BLOCK_BYTES) {
      try {
        put(new Block(filling, false, null));
      } catch (InterruptedException e) {
        throw new ClosedException();
      }
      filling = new ArrayList<>(BLOCK_ROWS);
      fillingBytes = 0;
    }
  }

  private void putFailure(Throwable failure) {
    try {
      put(new Block(List.of(), true, failure));
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  private void put(Block block) throws InterruptedException {
    while (!closed) {
      if (blocks.offer(block, 1, TimeUnit.SECONDS)) {
        return;
      }
    }
    throw new InterruptedException();
  }
}
