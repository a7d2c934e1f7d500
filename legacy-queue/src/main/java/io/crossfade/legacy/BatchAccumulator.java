package io.crossfade.legacy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Collects one writer's batch: full at its size or weight, due when its first item has waited long
 * enough.
 */
final class BatchAccumulator<T> {

  private final int size;
  private final long mostWeight;
  private final ToLongFunction<T> weight;
  private final Duration flushAfter;
  private List<T> items = new ArrayList<>();
  private long heavy;
  private @Nullable Instant dueAt;

  /**
   * @param size items
   * @param mostWeight with which it is full, however few it has
   */
  BatchAccumulator(int size, long mostWeight, ToLongFunction<T> weight, Duration flushAfter) {
    this.size = size;
    this.mostWeight = mostWeight;
    this.weight = weight;
    this.flushAfter = flushAfter;
  }

  void add(T item, Instant now) {
    if (dueAt == null) {
      dueAt = now.plus(flushAfter);
    }
    items.add(item);
    heavy += weight.applyAsLong(item);
  }

  /** How many more items fit. */
  int room() {
    return size - items.size();
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  boolean isFull() {
    return room() == 0 || heavy >= mostWeight;
  }

  boolean due(Instant now) {
    return isFull() || (dueAt != null && !now.isBefore(dueAt));
  }

  /** How long the batch may still wait, at most {@code idle} when it is empty. */
  Duration patience(Instant now, Duration idle) {
    if (dueAt == null) {
      return idle;
    }
    Duration left = Duration.between(now, dueAt);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Hands the batch over and starts the next. */
  List<T> take() {
    List<T> taken = items;
    items = new ArrayList<>();
    heavy = 0;
    dueAt = null;
    return taken;
  }
}
