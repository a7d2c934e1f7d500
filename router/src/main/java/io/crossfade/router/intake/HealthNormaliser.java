package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.FactType;
import io.crossfade.db.HealthData;
import io.crossfade.db.RecordTime;
import io.crossfade.db.budget.Lease;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a measurement out of what a watch or its relay sent. */
final class HealthNormaliser {

  private static final int TEMPERATURE_PRECISION = 5;
  private static final int TEMPERATURE_SCALE = 2;
  private static final BigDecimal MILLIS_PER_HOUR = BigDecimal.valueOf(3_600_000);

  private static final int MOST_BYTES_OF_A_CHARACTER = 3;

  private static final String[] DEVICE = {"deviceSn", "id"};
  private static final String[] HEART_RATE = {"heart_rate", "heartRate", "xlv"};
  private static final String[] BLOOD_OXYGEN = {"blood_oxygen", "bloodOxygen", "xy"};
  private static final String[] TEMPERATURE = {"body_temperature", "temperature", "tw"};
  private static final String[] HIGH = {"blood_pressure_systolic", "pressureHigh", "gxy"};
  private static final String[] LOW = {"blood_pressure_diastolic", "pressureLow", "dxy"};
  private static final String[] STRESS = {"stress", "yl"};
  private static final String[] STEP = {"step", "bs"};
  private static final String[] DISTANCE = {"distance", "jl"};
  private static final String[] CALORIE = {"calorie", "rl"};

  private static final Map<FactType, String[]> FACTS =
      new EnumMap<>(
          Map.of(
              FactType.SLEEP, new String[] {"sleepData", "smData"},
              FactType.EXERCISE_DAILY, new String[] {"exerciseDailyData", "ydData"},
              FactType.WORKOUT, new String[] {"workoutData"},
              FactType.SCIENTIFIC_SLEEP, new String[] {"scientificSleepData", "kxsmData"},
              FactType.EXERCISE_WEEK, new String[] {"exerciseWeekData", "ydWeekData"}));

  private static final String[][] MEASURED = {
    HEART_RATE, BLOOD_OXYGEN, TEMPERATURE, HIGH, LOW, STRESS, STEP, DISTANCE, CALORIE
  };

  /**
   * A measurement.
   *
   * @param unreadable why a fact that it brought is none, if one is
   */
  record Measured(HealthData data, @Nullable UnreadableReason unreadable) {}

  private final Stamper stamper;
  private final SentJson json;
  private final long maxFact;
  private final Lease lease;

  /**
   * @param maxFact largest JSON of a fact, bytes
   * @param lease what {@code json} takes from; trees of facts are given back when they are read
   */
  HealthNormaliser(Stamper stamper, SentJson json, long maxFact, Lease lease) {
    this.lease = lease;
    this.stamper = stamper;
    this.json = json;
    this.maxFact = maxFact;
  }

  /** Whether an object says more than whose and how it is sent. */
  static boolean measures(Item item) {
    for (String[] metric : MEASURED) {
      if (item.first(metric) != null) {
        return true;
      }
    }
    return FACTS.values().stream().anyMatch(names -> item.first(names) != null);
  }

  /** The device that an object names, if it does. */
  static @Nullable JsonNode device(Item item) {
    return item.first(DEVICE);
  }

  /**
   * @param deviceSn whose measurement it is when the item does not say
   * @param otherwise when it was taken when the item does not say
   * @param uploadMethod how it came, or {@code null} for what the item says
   */
  Measured normalise(
      Item item,
      @Nullable String deviceSn,
      Clocks clocks,
      RecordTime otherwise,
      @Nullable String uploadMethod)
      throws UnreadableItemException {
    String own = item.text(DEVICE);
    String device = own == null ? deviceSn : own;
    if (device == null) {
      throw new UnreadableItemException(UnreadableReason.NO_DEVICE_ID);
    }
    RecordTime time = clocks.time(item, otherwise, "timestamp", "cjsj");
    long before = lease.held();
    Map<FactType, String> facts = new EnumMap<>(FactType.class);
    UnreadableReason unreadable = null;
    JsonNode sleep = null;
    for (Map.Entry<FactType, String[]> type : FACTS.entrySet()) {
      JsonNode sent = item.first(type.getValue());
      JsonNode fact = isTooLong(sent) ? null : fact(sent);
      String stored = fact == null ? null : Values.json(fact);
      if (stored != null && !isTooLong(stored)) {
        facts.put(type.getKey(), stored);
      } else if (sent != null) {
        unreadable =
            stored != null || isTooLong(sent)
                ? UnreadableReason.FACT_TOO_LARGE
                : UnreadableReason.FACT_UNREADABLE;
        fact = null;
      }
      sleep = type.getKey() == FactType.SLEEP ? fact : sleep;
    }
    HealthData data =
        new HealthData(
            stamper.accept(HealthData.id(device, time)),
            device,
            time.local(),
            item.owner(),
            Values.integer(item.first(HEART_RATE)),
            Values.integer(item.first(BLOOD_OXYGEN)),
            Values.decimal(item.first(TEMPERATURE), TEMPERATURE_PRECISION, TEMPERATURE_SCALE),
            Values.integer(item.first(HIGH)),
            Values.integer(item.first(LOW)),
            Values.integer(item.first(STRESS)),
            Values.integer(item.first(STEP)),
            Values.real(item.first(DISTANCE)),
            Values.real(item.first(CALORIE)),
            hoursSlept(sleep),
            item.position(),
            uploadMethod == null ? uploadMethod(item) : uploadMethod,
            facts);
    lease.give(lease.held() - before);
    return new Measured(data, unreadable);
  }

  private boolean isTooLong(@Nullable JsonNode sent) {
    return sent != null && sent.isTextual() && isTooLong(sent.textValue());
  }

  /** Bytes are looked at only where characters do not tell. */
  private boolean isTooLong(String text) {
    return text.length() > maxFact
        || (text.length() > maxFact / MOST_BYTES_OF_A_CHARACTER
            && text.getBytes(StandardCharsets.UTF_8).length > maxFact);
  }

  private static @Nullable String uploadMethod(Item item) throws UnreadableItemException {
    String method = item.text("upload_method", "uploadMethod");
    return "4g".equalsIgnoreCase(method) ? "esim" : method;
  }

  /**
   * A fact as it is: JSON, or JSON in a string; {@code null} for what is no object or list, or too
   * deep.
   */
  private @Nullable JsonNode fact(@Nullable JsonNode sent) {
    JsonNode fact = sent != null && sent.isTextual() ? json.read(sent.textValue()) : sent;
    return fact != null && fact.isContainerNode() && !DeepPart.isIn(fact) ? fact : null;
  }

  /** Hours between the starts and the ends, two decimals; 0 where nothing was measured. */
  private static double hoursSlept(@Nullable JsonNode sleep) {
    if (sleep == null || Values.isNegative(sleep.get("code"))) {
      return 0;
    }
    BigDecimal millis = BigDecimal.ZERO;
    for (JsonNode phase : sleep.path("data")) {
      long start = Values.millis(phase.get("startTimeStamp"));
      long end = Values.millis(phase.get("endTimeStamp"));
      if (start > 0 && end > start) {
        millis = millis.add(BigDecimal.valueOf(end).subtract(BigDecimal.valueOf(start)));
      }
    }
    return millis.divide(MILLIS_PER_HOUR, 2, RoundingMode.HALF_UP).doubleValue();
  }
}
