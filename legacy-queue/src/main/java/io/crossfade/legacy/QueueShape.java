package io.crossfade.legacy;

import io.crossfade.db.Kind;
import io.crossfade.db.QueueFormula;
import java.time.Duration;

/**
 * How a kind is queued and batched, by the formulas of the system being migrated.
 *
 * @param capacity records held at most, queued or in a batch
 * @param batchSize records per write
 * @param writers concurrent writes
 * @param flushAfter how long a batch waits to fill
 */
record QueueShape(int capacity, int batchSize, int writers, Duration flushAfter) {

  /**
   * The shape on a machine.
   *
   * @param cores processors
   * @param gigabytes physical memory, GiB
   */
  static QueueShape of(Kind kind, int cores, double gigabytes) {
    QueueFormula formula = kind.definition().queue();
    return new QueueShape(
        formula.capacity(),
        formula.batch().on(cores, gigabytes),
        formula.writers().on(cores, gigabytes),
        formula.flushAfter());
  }
}
