package io.crossfade.db.kind;

import java.time.Duration;

/**
 * The shape of a kind's memory queue.
 *
 * @param capacity records that it holds at most
 * @param batch records that are written at once
 * @param writers threads that write
 * @param flushAfter how long a record waits for others at most
 */
public record QueueSpec(int capacity, int batch, int writers, Duration flushAfter) {

  /** Where a file says nothing. */
  public static final QueueSpec DEFAULT = new QueueSpec(5000, 100, 4, Duration.ofSeconds(2));
}
