package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import io.crossfade.db.FactType;
import io.crossfade.db.HealthData;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a measurement out of what a watch or its relay sent. */
final class HealthNormaliser {

  private static final int TEMPERATURE_PRECISION = 5;
  private static final int TEMPERATURE_SCALE = 2;
  private static final BigDecimal MILLIS_PER_HOUR = BigDecimal.valueOf(3_600_000);

  private final Stamper stamper;
  private final ObjectReader json;
  private final ZoneId zone;

  HealthNormaliser(Stamper stamper, ObjectReader json, ZoneId zone) {
    this.stamper = stamper;
    this.json = json;
    this.zone = zone;
  }

  /**
   * @param deviceSn whose measurement it is when the item does not say
   * @param time when it was taken when the item does not say
   * @param uploadMethod how it came, or {@code null} for what the item says
   */
  HealthData normalise(
      Item item, @Nullable String deviceSn, LocalDateTime time, @Nullable String uploadMethod)
      throws UnreadableItemException {
    String own = item.text("deviceSn", "id");
    String device = own == null ? deviceSn : own;
    if (device == null) {
      throw new UnreadableItemException(UnreadableReason.NO_DEVICE_ID);
    }
    LocalDateTime ownTime = Values.time(item.first("timestamp", "cjsj"), zone);
    LocalDateTime timestamp = ownTime == null ? time : ownTime;
    Map<FactType, String> facts = new EnumMap<>(FactType.class);
    JsonNode sleep = fact(facts, FactType.SLEEP, item.first("sleepData", "smData"));
    fact(facts, FactType.EXERCISE_DAILY, item.first("exerciseDailyData", "ydData"));
    fact(facts, FactType.WORKOUT, item.first("workoutData"));
    fact(facts, FactType.SCIENTIFIC_SLEEP, item.first("scientificSleepData", "kxsmData"));
    fact(facts, FactType.EXERCISE_WEEK, item.first("exerciseWeekData", "ydWeekData"));
    return new HealthData(
        stamper.accept(HealthData.id(device, timestamp)),
        device,
        timestamp,
        item.owner(),
        Values.integer(item.first("heart_rate", "heartRate", "xlv")),
        Values.integer(item.first("blood_oxygen", "bloodOxygen", "xy")),
        Values.decimal(
            item.first("body_temperature", "temperature", "tw"),
            TEMPERATURE_PRECISION,
            TEMPERATURE_SCALE),
        Values.integer(item.first("blood_pressure_systolic", "pressureHigh", "gxy")),
        Values.integer(item.first("blood_pressure_diastolic", "pressureLow", "dxy")),
        Values.integer(item.first("stress", "yl")),
        Values.integer(item.first("step", "bs")),
        Values.real(item.first("distance", "jl")),
        Values.real(item.first("calorie", "rl")),
        hoursSlept(sleep),
        item.position(),
        uploadMethod == null ? uploadMethod(item) : uploadMethod,
        facts);
  }

  private static @Nullable String uploadMethod(Item item) throws UnreadableItemException {
    String method = item.text("upload_method", "uploadMethod");
    return "4g".equalsIgnoreCase(method) ? "esim" : method;
  }

  /**
   * Keeps a fact as compact JSON, and returns it read. It comes as JSON in a string, or as JSON;
   * text that is none is no fact.
   */
  private @Nullable JsonNode fact(
      Map<FactType, String> facts, FactType type, @Nullable JsonNode value) {
    JsonNode fact = value != null && value.isTextual() ? container(value.textValue()) : value;
    if (fact == null || !fact.isContainerNode()) {
      return null;
    }
    facts.put(type, Values.wellFormed(fact.toString()));
    return fact;
  }

  /** JSON in a string when it is an object or a list. Most facts are the word null: no parser. */
  private @Nullable JsonNode container(String text) {
    String begin = text.stripLeading();
    return begin.startsWith("{") || begin.startsWith("[") ? Values.json(text, json) : null;
  }

  /** Hours between the starts and the ends, two decimals; 0 where nothing was measured. */
  private static double hoursSlept(@Nullable JsonNode sleep) {
    if (sleep == null || sleep.path("code").asInt(0) == -1) {
      return 0;
    }
    BigDecimal millis = BigDecimal.ZERO;
    for (JsonNode phase : sleep.path("data")) {
      long start = phase.path("startTimeStamp").asLong();
      long end = phase.path("endTimeStamp").asLong();
      if (start > 0 && end > start) {
        millis = millis.add(BigDecimal.valueOf(end).subtract(BigDecimal.valueOf(start)));
      }
    }
    return millis.divide(MILLIS_PER_HOUR, 2, RoundingMode.HALF_UP).doubleValue();
  }
}
