package io.crossfade.db;

import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * One report of a device about itself: a row of {@code t_device_info_history} and a candidate for
 * the device's current state in {@code t_device_info}.
 *
 * @param batteryLevel percent
 * @param voltage millivolts
 */
public record DeviceInfo(
    Acceptance acceptance,
    String deviceSn,
    LocalDateTime timestamp,
    Owner owner,
    @Nullable String systemSoftwareVersion,
    @Nullable String wifiAddress,
    @Nullable String bluetoothAddress,
    @Nullable String ipAddress,
    @Nullable String networkAccessMode,
    @Nullable String deviceName,
    @Nullable String imei,
    @Nullable Integer batteryLevel,
    @Nullable Integer voltage,
    ChargingStatus chargingStatus,
    WearableStatus wearableStatus,
    @Nullable String status)
    implements AcceptedRecord {

  /** Constants are only ever appended: the ordinal is part of the entry format. */
  public enum ChargingStatus {
    CHARGING,
    NOT_CHARGING,
    UNKNOWN
  }

  /** Constants are only ever appended: the ordinal is part of the entry format. */
  public enum WearableStatus {
    WORN,
    NOT_WORN
  }

  /** Identity of a report: the device and its own time. */
  public static RecordId id(String deviceSn, LocalDateTime timestamp) {
    return RecordId.derive(Kind.DEVICE.name(), timestamp, deviceSn);
  }

  /** The same, of a moment. */
  public static RecordId id(String deviceSn, RecordTime time) {
    return RecordId.derive(Kind.DEVICE.name(), time, deviceSn);
  }

  /** Identity of the device's current state: the device alone. */
  RecordId stateId() {
    return stateId(deviceSn);
  }

  static RecordId stateId(String deviceSn) {
    return RecordId.derive("DEVICE_STATE", RecordId.EPOCH, deviceSn);
  }

  @Override
  public Kind kind() {
    return Kind.DEVICE;
  }

  @Override
  public DeviceInfo because(RouteReason reason) {
    return new DeviceInfo(
        acceptance.because(reason),
        deviceSn,
        timestamp,
        owner,
        systemSoftwareVersion,
        wifiAddress,
        bluetoothAddress,
        ipAddress,
        networkAccessMode,
        deviceName,
        imei,
        batteryLevel,
        voltage,
        chargingStatus,
        wearableStatus,
        status);
  }
}
