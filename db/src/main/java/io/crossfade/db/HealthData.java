package io.crossfade.db;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One measurement of a watch: a row of {@code t_user_health_data} and, for what it reports per day
 * or week, a fact each.
 *
 * @param temperature degrees Celsius, scale 2
 * @param pressureHigh systolic, mmHg
 * @param pressureLow diastolic, mmHg
 * @param distance metres
 * @param calorie as the device counts them
 * @param sleep hours
 * @param facts compact JSON by type, in the order of the types
 */
public record HealthData(
    Acceptance acceptance,
    String deviceSn,
    LocalDateTime timestamp,
    Owner owner,
    @Nullable Integer heartRate,
    @Nullable Integer bloodOxygen,
    @Nullable BigDecimal temperature,
    @Nullable Integer pressureHigh,
    @Nullable Integer pressureLow,
    @Nullable Integer stress,
    @Nullable Integer step,
    @Nullable Double distance,
    @Nullable Double calorie,
    @Nullable Double sleep,
    Position position,
    @Nullable String uploadMethod,
    Map<FactType, String> facts)
    implements AcceptedRecord {

  public HealthData {
    facts = facts.isEmpty() ? Map.of() : new TreeMap<>(facts);
  }

  /** Identity of a measurement: the device and its own time. */
  public static RecordId id(String deviceSn, LocalDateTime timestamp) {
    return RecordId.derive(Kind.HEALTH.name(), timestamp, deviceSn);
  }

  /** The same, of a moment. */
  public static RecordId id(String deviceSn, RecordTime time) {
    return RecordId.derive(Kind.HEALTH.name(), time, deviceSn);
  }

  @Override
  public Kind kind() {
    return Kind.HEALTH;
  }

  @Override
  public HealthData because(RouteReason reason) {
    return new HealthData(
        acceptance.because(reason),
        deviceSn,
        timestamp,
        owner,
        heartRate,
        bloodOxygen,
        temperature,
        pressureHigh,
        pressureLow,
        stress,
        step,
        distance,
        calorie,
        sleep,
        position,
        uploadMethod,
        facts);
  }
}
