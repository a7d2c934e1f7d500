package io.crossfade.db;

/**
 * What a stored row's own columns say of its identity, whatever its writer made of it.
 *
 * @param row the id that its natural key gives; another than the row has means that the record is
 *     in the output under two ids
 * @param record the id of the record that made it
 * @param deviceSn the device it belongs to
 */
public record RowIdentity(RecordId row, RecordId record, String deviceSn) {

  /** Reads it from the columns. */
  public static RowIdentity of(OutputTable<?> table, StoredRow stored) {
    return OutputTables.kindOf(table.name()).definition().identity(table, stored);
  }
}
