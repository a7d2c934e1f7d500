package io.crossfade.reconciler.diff;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.RecordId;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One row on which the two outputs do not agree.
 *
 * @param table name of the table
 * @param deviceSn the device it belongs to
 * @param servedBy the path that answered the device
 * @param urgent whether it is an urgent event
 * @param stamp of the later of the two rows
 * @param fields those that differ, when both outputs have the row; those that cannot be read
 */
public record Difference(
    String table,
    RecordId id,
    DifferenceClass kind,
    String deviceSn,
    DeliveryPath servedBy,
    boolean urgent,
    long stamp,
    List<Field> fields) {

  /** One field that differs; {@code null} is the database's NULL. */
  public record Field(String column, @Nullable String legacy, @Nullable String stream) {}

  /** The same row, of another class. */
  Difference as(DifferenceClass other) {
    return new Difference(table, id, other, deviceSn, servedBy, urgent, stamp, fields);
  }

  /** When the later of the two rows was accepted, as ISO 8601 has it: the stamp for people. */
  @JsonProperty
  String acceptedAt() {
    return AcceptanceStamp.instantOf(stamp).toString();
  }

  /** Names of the columns that differ, comma-separated. */
  public String columns() {
    return fields.stream().map(Field::column).collect(Collectors.joining(","));
  }
}
