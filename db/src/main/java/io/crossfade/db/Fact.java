package io.crossfade.db;

import java.time.LocalDate;

/** One fact of a health record as it is stored: a row of {@code t_user_health_data_fact}. */
record Fact(HealthData source, FactType type, String value) {

  LocalDate period() {
    return type.periodOf(source.timestamp().toLocalDate());
  }

  /** Identity of a fact: the device, the day or week, and the type. */
  RecordId id() {
    return id(source.deviceSn(), period(), type.column());
  }

  static RecordId id(String deviceSn, LocalDate period, String fact) {
    return RecordId.derive("FACT", period.atStartOfDay(), deviceSn, fact);
  }
}
