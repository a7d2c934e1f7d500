package io.crossfade.db;

import io.crossfade.db.DeviceInfo.ChargingStatus;
import io.crossfade.db.DeviceInfo.WearableStatus;
import io.crossfade.db.field.FieldType;
import io.crossfade.db.field.FieldValues;
import java.util.List;

/** The kinds of a fleet of health watches. */
final class Watches {

  static final KindDefinition<HealthData> HEALTH =
      KindDefinition.of(HealthData.class)
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

  static final KindDefinition<DeviceInfo> DEVICE =
      KindDefinition.of(DeviceInfo.class)
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

  static final KindDefinition<CommonEvent> EVENT =
      KindDefinition.of(CommonEvent.class)
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

  static KindDefinition<? extends AcceptedRecord> of(Kind kind) {
    return switch (kind) {
      case HEALTH -> HEALTH;
      case DEVICE -> DEVICE;
      case EVENT -> EVENT;
    };
  }

  private static Owner owner(FieldValues values) {
    return new Owner(values.bigInteger(), values.bigInteger(), values.bigInteger());
  }

  private static Position position(FieldValues values) {
    return new Position(values.decimal(), values.decimal(), values.real());
  }
}
