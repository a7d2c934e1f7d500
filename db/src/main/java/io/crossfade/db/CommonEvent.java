package io.crossfade.db;

import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a device or its wearer: a row of {@code t_common_event}.
 *
 * @param eventType last dotted segment of what the device sent, for example {@code SOS_EVENT}
 * @param urgent goes ahead of other events; decided once, at intake
 */
public record CommonEvent(
    Acceptance acceptance,
    String deviceSn,
    LocalDateTime timestamp,
    Owner owner,
    String eventType,
    @Nullable String eventValue,
    boolean urgent,
    Position position)
    implements AcceptedRecord {

  /** Identity of an event: the device, the type, the value and its own time. */
  public static RecordId id(
      String deviceSn, LocalDateTime timestamp, String eventType, @Nullable String eventValue) {
    return id(deviceSn, RecordTime.of(timestamp), eventType, eventValue);
  }

  /** The same, of a moment. */
  public static RecordId id(
      String deviceSn, RecordTime time, String eventType, @Nullable String eventValue) {
    return eventValue == null
        ? RecordId.derive(Kind.EVENT.name(), time, deviceSn, eventType)
        : RecordId.derive(Kind.EVENT.name(), time, deviceSn, eventType, eventValue);
  }

  @Override
  public Kind kind() {
    return Kind.EVENT;
  }

  @Override
  public CommonEvent because(RouteReason reason) {
    return new CommonEvent(
        acceptance.because(reason),
        deviceSn,
        timestamp,
        owner,
        eventType,
        eventValue,
        urgent,
        position);
  }
}
