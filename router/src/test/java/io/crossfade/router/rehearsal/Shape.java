package io.crossfade.router.rehearsal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * One body as a device in the field sends it; a simulated device fills in values of its own.
 *
 * @param name of the payload file, for example {@code h01_watch_single}
 * @param status of the answer that the field knows for it
 */
record Shape(String name, Kind kind, JsonNode template, int status) {

  static final ZoneId ZONE = ZoneId.of("Asia/Shanghai");
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> DEVICE_KEYS =
      Set.of("deviceSn", "id", "SerialNumber", "serial_number");
  private static final Set<String> TIME_KEYS = Set.of("timestamp", "eventTime");
  private static final Set<String> METRICS =
      Set.of("heart_rate", "blood_oxygen", "step", "stress", "batteryLevel");

  private static final List<String> NAMES =
      List.of(
          "h01_watch_single",
          "h02_watch_single_slow_fields",
          "h03_watch_backlog_2",
          "h04_watch_backlog_12",
          "h06_legacy_id_key",
          "h07_no_timestamp",
          "h09_ms_timestamp_int",
          "h10_ms_timestamp_string",
          "h11_nested_data_data_object",
          "h12_nested_data_data_array",
          "h13_upload_method_4g",
          "h14_numeric_types",
          "h17_null_metrics",
          "h19_unknown_device",
          "h21_empty_object",
          "d01_watch_device",
          "d02_device_list",
          "d04_snake_case",
          "d05_keys_without_spaces",
          "d07_ms_timestamp_ipv6",
          "d09_empty",
          "e01_watch_event",
          "e02_event_with_health",
          "e03_short_type_no_time",
          "e05_unknown_rule",
          "e08_empty");

  /** Every payload file. */
  static List<Shape> all() {
    return NAMES.stream().map(Shape::load).toList();
  }

  private static Shape load(String name) {
    Kind kind =
        switch (name.charAt(0)) {
          case 'h' -> Kind.HEALTH;
          case 'd' -> Kind.DEVICE;
          default -> Kind.EVENT;
        };
    try (InputStream in = Shape.class.getResourceAsStream("/payloads/" + name + ".json")) {
      JsonNode template = JSON.readTree(in);
      return new Shape(name, kind, template, template.isEmpty() ? 400 : 200);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What one sent body should become. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Body(byte[] json, Set<LocalDateTime> timed, int untimed) {}

  /**
   * Fills the shape in.
   *
   * @param serial of the simulated device
   * @param clock gives every item a second of its own
   */
  Body fill(String serial, Supplier<LocalDateTime> clock, Random random) {
    JsonNode filled = template.deepCopy();
    Set<LocalDateTime> timed = new HashSet<>();
    int[] devices = new int[1];
    LocalDateTime[] shared = new LocalDateTime[1];
    fill(filled, serial, () -> shared[0] = next(shared, clock), random, timed, devices);
    try {
      return new Body(
          JSON.writeValueAsBytes(filled), timed, timed.isEmpty() && devices[0] > 0 ? 1 : 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** An event and the measurement in it happened at one time; items of a list did not. */
  private LocalDateTime next(LocalDateTime[] shared, Supplier<LocalDateTime> clock) {
    LocalDateTime before = shared[0];
    return kind == Kind.EVENT && before != null ? before : clock.get();
  }

  private static void fill(
      JsonNode node,
      String serial,
      Supplier<LocalDateTime> clock,
      Random random,
      Set<LocalDateTime> timed,
      int[] devices) {
    for (JsonNode child : node) {
      fill(child, serial, clock, random, timed, devices);
    }
    if (!(node instanceof ObjectNode object)) {
      return;
    }
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String key = field.getKey();
      JsonNode value = field.getValue();
      if (DEVICE_KEYS.contains(key)) {
        devices[0]++;
        field.setValue(object.textNode(serial));
      } else if (TIME_KEYS.contains(key)) {
        LocalDateTime time = clock.get();
        timed.add(time);
        field.setValue(time(object, value, time));
      } else if (METRICS.contains(key) && value.isInt()) {
        field.setValue(object.numberNode(random.nextInt(1, 200)));
      }
    }
  }

  /**
   * The same form as in the template: local time, or an epoch in milliseconds as number or text.
   */
  private static JsonNode time(ObjectNode object, JsonNode form, LocalDateTime time) {
    Instant instant = time.atZone(ZONE).toInstant();
    if (form.isNumber()) {
      return object.numberNode(instant.toEpochMilli() + form.asLong() % 1000);
    }
    return form.asText().contains("-")
        ? object.textNode(time.format(TIME))
        : object.textNode(String.valueOf(instant.toEpochMilli()));
  }
}
