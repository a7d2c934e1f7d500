package io.crossfade.db;

import java.time.LocalDateTime;
import java.util.function.Function;

/**
 * What a stored row's own columns say of its identity, whatever its writer made of it.
 *
 * @param row the id that its natural key gives; another than the row has means that the record is
 *     in the output under two ids
 * @param record the id of the record that made it
 * @param deviceSn the device it belongs to
 */
public record RowIdentity(RecordId row, RecordId record, String deviceSn) {

  /**
   * What the columns say at the row's local time. They do not say which of two moments that is
   * where clocks were put back; its id does.
   *
   * @param stored the id that the row has
   * @param at what they say at a moment
   */
  static RowIdentity at(
      LocalDateTime local, RecordId stored, Function<RecordTime, RowIdentity> at) {
    RowIdentity first = at.apply(RecordTime.of(local));
    if (first.row().equals(stored)) {
      return first;
    }
    RowIdentity later = at.apply(new RecordTime(local, true));
    return later.row().equals(stored) ? later : first;
  }

  /** Reads it from the columns. */
  public static RowIdentity of(OutputTable<?> table, StoredRow stored) {
    return OutputTables.kindOf(table.name()).definition().identity(table, stored);
  }
}
