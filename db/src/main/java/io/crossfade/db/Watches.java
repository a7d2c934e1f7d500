package io.crossfade.db;

import io.crossfade.db.DeviceInfo.ChargingStatus;
import io.crossfade.db.DeviceInfo.WearableStatus;
import io.crossfade.db.field.FieldType;
import io.crossfade.db.field.FieldValues;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The kinds of a fleet of health watches. */
final class Watches {

  static final RecordFormat<HealthData> HEALTH =
      RecordFormat.of(HealthData.class)
          .owner()
          .integer("heart_rate", HealthData::heartRate)
          .integer("blood_oxygen", HealthData::bloodOxygen)
          .decimal("temperature", 2, HealthData::temperature)
          .integer("pressure_high", HealthData::pressureHigh)
          .integer("pressure_low", HealthData::pressureLow)
          .integer("stress", HealthData::stress)
          .integer("step", HealthData::step)
          .real("distance", HealthData::distance)
          .real("calorie", HealthData::calorie)
          .real("sleep", HealthData::sleep)
          .position(HealthData::position)
          .text("upload_method", HealthData::uploadMethod)
          .inEntries("facts", new FieldType.Texts<>(FactType.class), HealthData::facts)
          .madeBy(
              (acceptance, device, time, values) ->
                  new HealthData(
                      acceptance,
                      device,
                      time,
                      owner(values),
                      values.integer(),
                      values.integer(),
                      values.decimal(),
                      values.integer(),
                      values.integer(),
                      values.integer(),
                      values.integer(),
                      values.real(),
                      values.real(),
                      values.real(),
                      position(values),
                      values.text(),
                      values.texts(FactType.class)));

  static final RecordFormat<DeviceInfo> DEVICE =
      RecordFormat.of(DeviceInfo.class)
          .owner()
          .text("system_software_version", DeviceInfo::systemSoftwareVersion)
          .text("wifi_address", DeviceInfo::wifiAddress)
          .text("bluetooth_address", DeviceInfo::bluetoothAddress)
          .text("ip_address", DeviceInfo::ipAddress)
          .text("network_access_mode", DeviceInfo::networkAccessMode)
          .text("device_name", DeviceInfo::deviceName)
          .text("imei", DeviceInfo::imei)
          .integer("battery_level", DeviceInfo::batteryLevel)
          .integer("voltage", DeviceInfo::voltage)
          .choice(
              "charging_status",
              List.of(ChargingStatus.CHARGING, ChargingStatus.NOT_CHARGING, ChargingStatus.UNKNOWN),
              DeviceInfo::chargingStatus)
          .choice(
              "wearable_status",
              List.of(WearableStatus.WORN, WearableStatus.NOT_WORN),
              DeviceInfo::wearableStatus)
          .text("status", DeviceInfo::status)
          .madeBy(
              (acceptance, device, time, values) ->
                  new DeviceInfo(
                      acceptance,
                      device,
                      time,
                      owner(values),
                      values.text(),
                      values.text(),
                      values.text(),
                      values.text(),
                      values.text(),
                      values.text(),
                      values.text(),
                      values.integer(),
                      values.integer(),
                      values.choice(ChargingStatus.class),
                      values.choice(WearableStatus.class),
                      values.text()));

  static final RecordFormat<CommonEvent> EVENT =
      RecordFormat.of(CommonEvent.class)
          .owner()
          .requiredText("event_type", CommonEvent::eventType)
          .text("event_value", CommonEvent::eventValue)
          .inEntries("urgent", new FieldType.Bool(), CommonEvent::urgent)
          .position(CommonEvent::position)
          .madeBy(
              (acceptance, device, time, values) ->
                  new CommonEvent(
                      acceptance,
                      device,
                      time,
                      owner(values),
                      values.requiredText(),
                      values.text(),
                      values.bool(),
                      position(values)));

  private Watches() {}

  /** The three kinds, which every process has unless it is told of others. */
  static List<KindDefinition> all() {
    return Three.ALL;
  }

  /** Made when they are asked for: their tables are made of the formats above. */
  private static final class Three {

    private static final List<KindDefinition> ALL =
        List.of(new Health(), new Device(), new Event());
  }

  /** Whether this process works with one of them. */
  static boolean anyInUse() {
    return Kinds.all().stream().anyMatch(WatchKind.class::isInstance);
  }

  /** Measurements, and what devices report per day or week. */
  private static final class Health extends WatchKind<HealthData> {

    Health() {
      super(
          Kind.HEALTH,
          HEALTH,
          HealthData.class,
          "/upload_health_data",
          new StreamKeys("health_data_stream", null),
          new QueueFormula(5_000, perCore(25, 50, 500), perCore(2.5, 4, 32), Duration.ofSeconds(2)),
          List.of(OutputTables.HEALTH_DATA, OutputTables.FACTS));
    }

    @Override
    void rowsOf(HealthData data, Rows rows) {
      rows.add(OutputTables.HEALTH_DATA, data);
      data.facts()
          .forEach((type, value) -> rows.add(OutputTables.FACTS, new Fact(data, type, value)));
    }

    @Override
    public RowIdentity identity(OutputTable<?> table, StoredRow stored) {
      if (table != OutputTables.FACTS) {
        return super.identity(table, stored);
      }
      String device = text(table, stored, table.deviceColumn());
      LocalDate period = (LocalDate) Objects.requireNonNull(table.value(stored, "period"));
      return new RowIdentity(
          Fact.id(device, period, text(table, stored, "fact")),
          HealthData.id(device, time(table, stored)),
          device);
    }

    @Override
    RecordId id(OutputTable<?> table, StoredRow stored, String device, RecordTime time) {
      return HealthData.id(device, time);
    }

    @Override
    public AcceptedRecord sample(SampleRecords samples, String deviceSn, LocalDateTime time) {
      return samples.healthAt(deviceSn, time);
    }
  }

  /** What devices report about themselves: a history, and the newest of each. */
  private static final class Device extends WatchKind<DeviceInfo> {

    Device() {
      super(
          Kind.DEVICE,
          DEVICE,
          DeviceInfo.class,
          "/upload_device_info",
          new StreamKeys("device_info_stream", null),
          new QueueFormula(
              10_000, perCore(15, 30, 200), perCore(1.5, 2, 16), Duration.ofSeconds(2)),
          List.of(OutputTables.DEVICE_HISTORY, OutputTables.DEVICE_STATE));
    }

    @Override
    void rowsOf(DeviceInfo info, Rows rows) {
      rows.add(OutputTables.DEVICE_HISTORY, info);
      rows.add(OutputTables.DEVICE_STATE, info);
    }

    @Override
    public RowIdentity identity(OutputTable<?> table, StoredRow stored) {
      if (table != OutputTables.DEVICE_STATE) {
        return super.identity(table, stored);
      }
      String device = text(table, stored, table.deviceColumn());
      return new RowIdentity(
          DeviceInfo.stateId(device), DeviceInfo.id(device, time(table, stored)), device);
    }

    @Override
    RecordId id(OutputTable<?> table, StoredRow stored, String device, RecordTime time) {
      return DeviceInfo.id(device, time);
    }

    @Override
    public AcceptedRecord sample(SampleRecords samples, String deviceSn, LocalDateTime time) {
      return samples.deviceAt(deviceSn, time);
    }
  }

  /** What happened to a device or its wearer; some of it goes ahead. */
  private static final class Event extends WatchKind<CommonEvent> {

    private static final String TYPE = "event_type";

    Event() {
      super(
          Kind.EVENT,
          EVENT,
          CommonEvent.class,
          "/upload_common_event",
          new StreamKeys("common_event_stream", "urgent_event_stream"),
          new QueueFormula(
              5_000,
              new QueueFormula.Share(8, 10, 200, /* byMemory= */ true),
              perCore(1, 2, 16),
              Duration.ofMillis(1_500)),
          List.of(OutputTables.EVENTS));
    }

    @Override
    void rowsOf(CommonEvent event, Rows rows) {
      rows.add(OutputTables.EVENTS, event);
    }

    @Override
    RecordId id(OutputTable<?> table, StoredRow stored, String device, RecordTime time) {
      return CommonEvent.id(
          device, time, text(table, stored, TYPE), (String) table.value(stored, "event_value"));
    }

    @Override
    public boolean urgent(AcceptedRecord accepted) {
      return accepted instanceof CommonEvent event && event.urgent();
    }

    @Override
    public Optional<UrgentRows> urgentRows() {
      return Optional.of(new UrgentRows(TYPE, null));
    }

    @Override
    public AcceptedRecord sample(SampleRecords samples, String deviceSn, LocalDateTime time) {
      return samples.eventAt(deviceSn, time);
    }
  }

  private static QueueFormula.Share perCore(double perCore, int least, int most) {
    return QueueFormula.Share.perCore(perCore, least, most);
  }

  private static Owner owner(FieldValues values) {
    return new Owner(values.bigInteger(), values.bigInteger(), values.bigInteger());
  }

  private static Position position(FieldValues values) {
    return new Position(values.decimal(), values.decimal(), values.real());
  }
}
