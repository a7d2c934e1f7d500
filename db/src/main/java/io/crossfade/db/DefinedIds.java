package io.crossfade.db;

import io.crossfade.db.kind.KindSpec;
import io.crossfade.db.kind.TableSpec;
import java.time.LocalDateTime;
import java.util.List;
import java.util.stream.Stream;

/** Identities of records and rows that a file defines. */
final class DefinedIds {

  private static final RecordTime NO_TIME = RecordTime.of(RecordId.EPOCH);

  private DefinedIds() {}

  /**
   * Of a record.
   *
   * @param key what its identity fields hold, see {@link DefinedValues#key}
   * @param time the record's own
   */
  static RecordId record(KindSpec kind, List<String> key, RecordTime time) {
    return RecordId.derive(
        scope(kind), kind.identityWithTime() ? time : NO_TIME, key.toArray(String[]::new));
  }

  /** Of the row of a table of states: whatever has its key overwrites it. */
  static RecordId state(KindSpec kind, TableSpec table, List<String> key, List<String> row) {
    return RecordId.derive(
        scope(kind) + "/" + table.name(),
        NO_TIME,
        Stream.concat(key.stream(), row.stream()).toArray(String[]::new));
  }

  /**
   * Of one of a record's rows.
   *
   * @param time of the record, so that rows are kept in its order
   * @param row what tells rows of one record apart
   */
  static RecordId row(
      KindSpec kind, TableSpec table, RecordId source, LocalDateTime time, List<String> row) {
    return RecordId.derive(
        scope(kind) + "/" + table.name(),
        kind.identityWithTime() ? time : RecordId.EPOCH,
        Stream.concat(Stream.of(source.toString()), row.stream()).toArray(String[]::new));
  }

  /** The code is permanent, the name is not. */
  private static String scope(KindSpec kind) {
    return "kind " + kind.code();
  }
}
