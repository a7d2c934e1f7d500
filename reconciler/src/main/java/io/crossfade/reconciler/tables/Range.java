package io.crossfade.reconciler.tables;

import org.jspecify.annotations.Nullable;

/**
 * Rows that follow a key, up to another and with it.
 *
 * @param after {@code null} from the first row on
 * @param upTo {@code null} to the last row
 */
record Range(@Nullable RowKey after, @Nullable RowKey upTo) {

  static final Range ALL = new Range(null, null);
}
