package io.crossfade.db;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.time.LocalDate;
import java.util.regex.Pattern;

/** One fact of a health record as it is stored: a row of {@code t_user_health_data_fact}. */
record Fact(HealthData source, FactType type, String value) {

  /** Intake has bounded what comes here. */
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** A number below zero, however small or large. */
  private static final Pattern NEGATIVE = Pattern.compile("\\s*-[0-9.]*[1-9].*", Pattern.DOTALL);

  LocalDate period() {
    return type.periodOf(source.timestamp().toLocalDate());
  }

  /** Whether it is more than the device's word that it failed: an own {@code code} below zero. */
  boolean good() {
    return !failed(value);
  }

  /** Identity of a fact: the device, the day or week, and the type. */
  RecordId id() {
    return id(source.deviceSn(), period(), type.column());
  }

  static RecordId id(String deviceSn, LocalDate period, String fact) {
    return RecordId.derive("FACT", period.atStartOfDay(), deviceSn, fact);
  }

  private static boolean failed(String json) {
    // Nearly all have none: no parser.
    if (!json.contains("\"code\":-") && !json.contains("\"code\":\"")) {
      return false;
    }
    try (JsonParser in = JSON.createParser(json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      boolean failed = false;
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        if (name.equals("code") && value.isScalarValue()) {
          failed = NEGATIVE.matcher(in.getText()).matches();
        }
        in.skipChildren();
      }
      return failed;
    } catch (IOException e) {
      return false;
    }
  }
}
