package io.crossfade.db;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
    LocalDateTime time =
        (LocalDateTime) Objects.requireNonNull(table.value(stored, "timestamp"), "timestamp");
    String device = text(table, stored, table.deviceColumn());
    if (table == OutputTables.FACTS) {
      LocalDate period = (LocalDate) Objects.requireNonNull(table.value(stored, "period"));
      return new RowIdentity(
          Fact.id(device, period, text(table, stored, "fact")),
          HealthData.id(device, time),
          device);
    }
    RecordId source = source(table, stored, device, RecordTime.of(time));
    if (table == OutputTables.DEVICE_STATE) {
      return new RowIdentity(DeviceInfo.stateId(device), source, device);
    }
    if (!source.equals(stored.id())) {
      // A row does not say which of two moments with its local time it is of; its id does.
      RecordId later = source(table, stored, device, new RecordTime(time, true));
      if (later.equals(stored.id())) {
        return new RowIdentity(later, later, device);
      }
    }
    return new RowIdentity(source, source, device);
  }

  private static RecordId source(
      OutputTable<?> table, StoredRow stored, String device, RecordTime time) {
    return table == OutputTables.HEALTH_DATA
        ? HealthData.id(device, time)
        : table == OutputTables.EVENTS
            ? CommonEvent.id(
                device,
                time,
                text(table, stored, "event_type"),
                (String) table.value(stored, "event_value"))
            : DeviceInfo.id(device, time);
  }

  private static String text(OutputTable<?> table, StoredRow stored, String column) {
    @Nullable Object value = table.value(stored, column);
    return String.valueOf(value);
  }
}
