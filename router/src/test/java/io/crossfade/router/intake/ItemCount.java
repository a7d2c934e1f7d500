package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.db.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How many items a body has, as the contract reads, slow and obvious: the oracle of {@link
 * ItemCollector}. Of bodies that plain Jackson does not take, or that say one name twice, it knows
 * nothing.
 */
final class ItemCount {

  private static final int MOST_NESTING = 32;

  private static final Set<String> MEASURED =
      Set.of(
          "heart_rate",
          "heartRate",
          "xlv",
          "blood_oxygen",
          "bloodOxygen",
          "xy",
          "body_temperature",
          "temperature",
          "tw",
          "blood_pressure_systolic",
          "pressureHigh",
          "gxy",
          "blood_pressure_diastolic",
          "pressureLow",
          "dxy",
          "stress",
          "yl",
          "step",
          "bs",
          "distance",
          "jl",
          "calorie",
          "rl",
          "sleepData",
          "smData",
          "exerciseDailyData",
          "ydData",
          "workoutData",
          "scientificSleepData",
          "kxsmData",
          "exerciseWeekData",
          "ydWeekData");

  private static final Set<String> REPORTED =
      Set.of(
          "systemsoftwareversion",
          "systemversion",
          "wifiaddress",
          "bluetoothaddress",
          "ipaddress",
          "networkaccessmode",
          "networkmode",
          "devicename",
          "imei",
          "batterylevel",
          "voltage",
          "chargingstatus",
          "wearstate",
          "status");

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  static {
    JSON.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MOST_NESTING).build());
  }

  private ItemCount() {}

  static OptionalInt of(Kind kind, byte[] body) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body));
      JsonNode root = JSON.readTree(body);
      boolean emptyBatch =
          root.isObject()
              && root.path("data").isArray()
              && root.path("data").isEmpty()
              && !says(kind, root)
              && !named(kind, root);
      return OptionalInt.of(emptyBatch ? 0 : items(kind, root));
    } catch (CharacterCodingException e) {
      return OptionalInt.empty();
    } catch (IOException e) {
      return OptionalInt.empty();
    }
  }

  private static int items(Kind kind, JsonNode node) {
    if (node.isArray() && !node.isEmpty()) {
      int items = 0;
      for (JsonNode one : node) {
        items += items(kind, one);
      }
      return items;
    }
    boolean wraps =
        node.isObject()
            && !empty(node.path("data"))
            && !(kind == Kind.EVENT && !blank(node.path("eventType")));
    if (!wraps) {
      return 1;
    }
    return items(kind, node.path("data")) + (says(kind, node) ? 1 : 0);
  }

  private static boolean says(Kind kind, JsonNode object) {
    return object.properties().stream()
        .anyMatch(
            field ->
                !blank(field.getValue())
                    && switch (kind.name()) {
                      case "HEALTH" -> MEASURED.contains(field.getKey());
                      case "DEVICE" -> REPORTED.contains(folded(field.getKey()));
                      default -> field.getKey().equals("eventType");
                    });
  }

  private static boolean named(Kind kind, JsonNode object) {
    return object.properties().stream()
        .anyMatch(
            field ->
                !blank(field.getValue())
                    && switch (kind.name()) {
                      case "HEALTH" -> Set.of("deviceSn", "id").contains(field.getKey());
                      case "DEVICE" ->
                          Set.of("serialnumber", "devicesn").contains(folded(field.getKey()));
                      default -> field.getKey().equals("deviceSn");
                    });
  }

  private static String folded(String name) {
    return name.replaceAll("[ _]", "").toLowerCase(Locale.ROOT);
  }

  private static boolean empty(JsonNode node) {
    return blank(node) || (node.isContainerNode() && node.isEmpty());
  }

  private static boolean blank(JsonNode node) {
    return node.isMissingNode()
        || node.isNull()
        || (node.isTextual()
            && (node.asText().isBlank() || node.asText().strip().equalsIgnoreCase("null")));
  }
}
