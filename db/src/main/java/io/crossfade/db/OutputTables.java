package io.crossfade.db;

import io.crossfade.db.OutputTable.Winner;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The tables that each output has: those of the watches under their names in the field. */
public final class OutputTables {

  static final OutputTable<HealthData> HEALTH_DATA =
      OutputTable.named(
              "t_user_health_data",
              Winner.FIRST_ACCEPTED,
              (HealthData r) -> r.acceptance().id(),
              HealthData::acceptance)
          .device("device_sn", HealthData::deviceSn)
          .dateTime("timestamp", HealthData::timestamp)
          .fields(Watches.HEALTH.fields())
          .build();

  static final OutputTable<Fact> FACTS =
      OutputTable.named(
              "t_user_health_data_fact",
              Winner.LATEST_GOOD,
              Fact::id,
              (Fact f) -> f.source().acceptance())
          .device("device_sn", f -> f.source().deviceSn())
          .date("period", Fact::period)
          .text("fact", f -> f.type().column())
          .text("value", Fact::value)
          .integer("good", f -> f.good() ? 1L : 0L)
          .dateTime("timestamp", f -> f.source().timestamp())
          .owner(f -> f.source().owner())
          .build();

  static final OutputTable<DeviceInfo> DEVICE_HISTORY =
      deviceColumns(
          OutputTable.named(
              "t_device_info_history",
              Winner.FIRST_ACCEPTED,
              (DeviceInfo r) -> r.acceptance().id(),
              DeviceInfo::acceptance));

  static final OutputTable<DeviceInfo> DEVICE_STATE =
      deviceColumns(
          OutputTable.named(
              "t_device_info", Winner.LATEST, DeviceInfo::stateId, DeviceInfo::acceptance));

  static final OutputTable<CommonEvent> EVENTS =
      OutputTable.named(
              "t_common_event",
              Winner.FIRST_ACCEPTED,
              (CommonEvent r) -> r.acceptance().id(),
              CommonEvent::acceptance)
          .device("device_sn", CommonEvent::deviceSn)
          .dateTime("timestamp", CommonEvent::timestamp)
          .fields(Watches.EVENT.fields())
          .build();

  private OutputTables() {}

  /** The tables that records of a kind are written to, the one with a row per record first. */
  public static List<OutputTable<?>> of(Kind kind) {
    return kind.definition().tables();
  }

  /** The kind whose records are written to a table. */
  public static Kind kindOf(String table) {
    return findKind(table)
        .orElseThrow(() -> new IllegalArgumentException("No kind is written to " + table));
  }

  /** The same; empty when this process has no such kind. */
  public static Optional<Kind> findKind(String table) {
    return Arrays.stream(Kind.values())
        .filter(kind -> of(kind).stream().anyMatch(one -> one.name().equals(table)))
        .findFirst();
  }

  /** A table by its name; empty when no kind of this process is written to it. */
  public static Optional<OutputTable<?>> find(String table) {
    for (Kind kind : Kind.values()) {
      for (OutputTable<?> one : of(kind)) {
        if (one.name().equals(table)) {
          return Optional.of(one);
        }
      }
    }
    return Optional.empty();
  }

  private static OutputTable<DeviceInfo> deviceColumns(OutputTable.Builder<DeviceInfo> table) {
    return table
        .device("serial_number", DeviceInfo::deviceSn)
        .dateTime("timestamp", DeviceInfo::timestamp)
        .fields(Watches.DEVICE.fields())
        .build();
  }
}
