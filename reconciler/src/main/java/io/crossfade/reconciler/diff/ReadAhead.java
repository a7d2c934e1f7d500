package io.crossfade.reconciler.diff;

import io.crossfade.db.process.FatalErrors;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rows that a thread of its own reads ahead of the merge. Holds some megabytes at most, or one row
 * that is larger. What the reading fails with is thrown where the rows are taken.
 */
public final class ReadAhead<R> implements OutputDiff.Source<R>, AutoCloseable {

  /** Reads all rows, in order, and adds each. */
  public interface Reading<R> {
    void into(ReadAhead<R> rows) throws SQLException, InterruptedException;
  }

  private static final int BLOCK_ROWS = 512;
  private static final int BLOCK_BYTES = 1 << 18;
  private static final int BLOCKS = 8;

  /** Of the block that is merged and those that wait, beside the one that is filled. */
  private static final int MOST_BYTES = 1 << 21;

  /** Rows in order; the last block may have failed instead. */
  private record Block<R>(List<R> rows, int bytes, boolean last, @Nullable Throwable failure) {}

  /** The merge has gone; the rest is not wanted. */
  private static final class ClosedException extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final Reading<R> reading;
  private final BlockingQueue<Block<R>> blocks = new ArrayBlockingQueue<>(BLOCKS);
  private final Semaphore room = new Semaphore(MOST_BYTES);
  private final Thread thread;
  private volatile boolean closed;

  private List<R> filling = new ArrayList<>(BLOCK_ROWS);
  private int fillingBytes;

  private Block<R> current = new Block<>(List.of(), 0, false, null);
  private int next;

  /** Begins to read. */
  public ReadAhead(String name, Reading<R> reading) {
    this.reading = reading;
    this.thread = Thread.ofPlatform().name(name).daemon(true).start(this::read);
  }

  @Override
  public @Nullable R next() throws SQLException {
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

  /** The next block; a reader that ended without one, however that came, ends the merge. */
  private Block<R> arrived() throws SQLException {
    try {
      while (true) {
        boolean ended = !thread.isAlive();
        Block<R> block = blocks.poll(1, TimeUnit.SECONDS);
        if (block != null) {
          return block;
        }
        if (ended) {
          throw new SQLException("The reader %s has ended".formatted(thread.getName()));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException("Interrupted while reading", e);
    }
  }

  /** Whether all was read and taken. */
  public boolean ended() {
    return current.last();
  }

  /** Ends; what is being read may take until it notices. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    blocks.clear();
  }

  /** Waits for the end of its thread. */
  public void join() {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether nobody wants more. For the reading. */
  public boolean closed() {
    return closed;
  }

  /**
   * Adds the next row; waits where there is no room. For the reading.
   *
   * @param bytes what it takes
   */
  public void add(R row, int bytes) {
    filling.add(row);
    fillingBytes += bytes;
    if (filling.size() == BLOCK_ROWS || fillingBytes >= BLOCK_BYTES) {
      put(null, false);
    }
  }

  private void read() {
    try {
      reading.into(this);
      put(null, true);
    } catch (ClosedException | InterruptedException e) {
      closed = true;
    } catch (SQLException | RuntimeException | Error e) {
      FatalErrors.endIfFatal(e);
      fail(e);
    }
  }

  private void fail(Throwable failure) {
    filling = List.of();
    fillingBytes = 0;
    try {
      put(failure, true);
    } catch (ClosedException e) {
      // nobody asks any longer
    }
  }

  private void put(@Nullable Throwable failure, boolean last) {
    int taken = Math.min(fillingBytes, MOST_BYTES);
    Block<R> block = new Block<>(filling, taken, last, failure);
    filling = new ArrayList<>(BLOCK_ROWS);
    fillingBytes = 0;
    boolean acquired = false;
    try {
      while (!closed) {
        acquired = acquired || room.tryAcquire(taken, 1, TimeUnit.SECONDS);
        if (acquired && blocks.offer(block, 1, TimeUnit.SECONDS)) {
          return;
        }
      }
    } catch (InterruptedException e) {
      closed = true;
    }
    throw new ClosedException();
  }
}
