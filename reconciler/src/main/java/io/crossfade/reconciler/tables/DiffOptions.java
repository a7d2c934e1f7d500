package io.crossfade.reconciler.tables;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a run goes about it.
 *
 * @param state directory for what runs know
 * @param workers ranges that are read at once
 * @param rowsOfRange rows that are read in one transaction, about
 * @param settle how long a row has to become the same on both sides
 * @param throttle lets it wait for others
 */
public record DiffOptions(
    Path state, int workers, int rowsOfRange, Duration settle, TableThrottle throttle) {

  /** Rows of a range when nobody says otherwise: about a second's. */
  public static final int ROWS_OF_RANGE = 200_000;
}
