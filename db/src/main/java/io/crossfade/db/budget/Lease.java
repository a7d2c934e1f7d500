package io.crossfade.db.budget;

/**
 * Bytes that one owner holds of the budget. Whatever happens to the owner, what it holds goes back
 * once: when it is closed, and from then on it takes nothing.
 */
public final class Lease implements AutoCloseable {

  private final ByteBudget budget;
  private final Stage stage;
  private long held;
  private boolean closed;

  Lease(ByteBudget budget, Stage stage) {
    this.budget = budget;
    this.stage = stage;
  }

  /**
   * Takes bytes.
   *
   * @return whether there was room; counted where there was none
   */
  public synchronized boolean tryTake(long bytes) {
    if (closed) {
      return false;
    }
    if (!budget.tryTake(stage, bytes)) {
      budget.refuse(stage);
      return false;
    }
    held += bytes;
    return true;
  }

  /**
   * Takes bytes.
   *
   * @throws NoRoomException when there are none
   */
  public void take(long bytes) {
    if (!tryTake(bytes)) {
      throw new NoRoomException(stage, bytes);
    }
  }

  /** Takes bytes though there may be no room: for what is bounded otherwise and must go on. */
  public synchronized void takeAnyway(long bytes) {
    if (!closed) {
      budget.take(stage, bytes);
      held += bytes;
    }
  }

  /** Gives some bytes back, no more than it holds. */
  public synchronized void give(long bytes) {
    long back = Math.min(bytes, held);
    held -= back;
    budget.give(stage, back);
  }

  /** An empty one of the same budget, for what may outlive this owner. */
  public Lease another() {
    return new Lease(budget, stage);
  }

  /** Bytes that it holds. */
  public synchronized long held() {
    return held;
  }

  /** Gives all back. */
  @Override
  public synchronized void close() {
    closed = true;
    give(held);
  }
}
