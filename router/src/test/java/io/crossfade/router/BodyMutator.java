package io.crossfade.router;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.crossfade.db.Kind;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes bodies of others, from a seed: what broken, old and hostile clients might send. */
public final class BodyMutator {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Values as text of JSON, whatever place they come to. */
  public static final List<String> VALUES =
      List.of(
          "1e99999999999",
          "-1e-99999999999",
          "1e-300000000",
          "1E400",
          "0e999999999",
          "9".repeat(1_200),
          "0." + "3".repeat(2_000),
          "-0.0",
          "120.0",
          "2147483648",
          "9223372036854775808",
          "12.5",
          "1",
          "0",
          "-1",
          "null",
          "true",
          "\"\"",
          "\" \"",
          "\"null\"",
          "\"NULL\"",
          "\"NaN\"",
          "\"Infinity\"",
          "\"1e99999999999\"",
          "\"-1e-300000000\"",
          "\"63%\"",
          "\"%\"",
          "\"٧\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"a\\udfffb😀\"",
          "\"'; DROP TABLE t_common_event; -- \\\\\"",
          "\"" + "x".repeat(255) + "\"",
          "\"" + "x".repeat(256) + "\"",
          "\"" + "😀".repeat(20_000) + "\"",
          "\"2025-09-14T08:15:00\"",
          "\"2025-09-14T08:15:00.123456789+05:30\"",
          "\"2025-09-14T00:15:00Z\"",
          "\"2025-09-14T08:15:00+99:99\"",
          "\"2099-01-01 00:00:00\"",
          "\"9999-12-31 23:59:59\"",
          "\"1969-12-31 23:59:59\"",
          "\"0000-00-00 00:00:00\"",
          "4102444800",
          "9999999999999",
          "1757808900",
          "\"{}\"",
          "\"[]\"",
          "\"{\\\"a\\\":NaN}\"",
          "\"{\\\"code\\\":-1}\"",
          "{\"code\":-1,\"data\":[]}",
          "{\"code\":-1e99999999999}",
          "\"{\\\"code\\\":0,\\\"data\\\":[{\\\"startTimeStamp\\\":1e99999999999,\\\"endTimeStamp\\\":9223372036854775807}]}\"",
          "\"{\\\"heart_rate\\\":1e99999999999}\"",
          "\"{\\\"data\\\":[{\\\"heart_rate\\\":61},{\\\"heart_rate\\\":62,\\\"timestamp\\\":1757808901}]}\"",
          "\"{\\\"data\\\":\"",
          "{}",
          "[]",
          "[[]]",
          "[1,null,\"x\",{}]",
          "{\"data\":[]}",
          "{\"data\":{}}",
          "{\"data\":{\"data\":{\"data\":[{\"heart_rate\":60}]}}}",
          "{\"x\":1}",
          "{\"v\":120.0,\"w\":1e5}",
          "[".repeat(40) + "]".repeat(40),
          "{\"a\":".repeat(700) + "1" + "}".repeat(700),
          "[".repeat(3_000) + "]".repeat(3_000));

  private static final List<String> NAMES =
      List.of(
          "deviceSn",
          "id",
          "SerialNumber",
          "serial_number",
          "Serial Number",
          "data",
          "healthData",
          "timestamp",
          "cjsj",
          "eventTime",
          "eventType",
          "eventValue",
          "heart_rate",
          "xlv",
          "customerId",
          "customer_id",
          "orgId",
          "userId",
          "sleepData",
          "smData",
          "workoutData",
          "exerciseWeekData",
          "tw",
          "latitude",
          "jd",
          "batteryLevel",
          "voltage",
          "IP Address",
          "wearState",
          "upload_method",
          "x");

  private static final List<String> CHARSETS =
      List.of("UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-16");

  private static final int STRANGERS = 5;

  private final Map<Kind, List<String>> seeds;
  private final List<String> all;

  /**
   * @param seeds by the kind that they are of
   */
  public BodyMutator(Map<Kind, List<String>> seeds) {
    this.seeds = seeds;
    this.all =
        Arrays.stream(Kind.values())
            .flatMap(kind -> requireNonNull(seeds.get(kind)).stream())
            .toList();
  }

  /**
   * A body for an endpoint of a kind, mostly made of one of that kind.
   *
   * @param serial instead of those that the seeds name
   */
  public byte[] body(Random random, Kind kind, String serial) {
    String seed =
        one(random, random.nextInt(STRANGERS) == 0 ? all : requireNonNull(seeds.get(kind)))
            .replaceAll("DEV\\d{5}|CASE\\d{2}|A5GTQ\\w+", serial + random.nextInt(3));
    return mutated(random, seed, NAMES);
  }

  /**
   * A body that differs from another in up to three places.
   *
   * @param names that fields may have
   */
  static byte[] mutated(Random random, String seed, List<String> names) {
    byte[] body = seed.getBytes(StandardCharsets.UTF_8);
    for (int left = random.nextInt(4); left > 0; left--) {
      body = random.nextInt(5) == 0 ? bytes(random, body) : structure(random, body, names);
    }
    return random.nextInt(40) == 0 ? encoded(random, body) : body;
  }

  private static byte[] encoded(Random random, byte[] body) {
    String text = new String(body, StandardCharsets.UTF_8);
    return random.nextInt(4) == 0
        ? ("\uFEFF" + text).getBytes(StandardCharsets.UTF_8)
        : text.getBytes(Charset.forName(one(random, CHARSETS)));
  }

  /** Bytes changed, cut out or put in. */
  private static byte[] bytes(Random random, byte[] body) {
    if (body.length < 2) {
      return body;
    }
    int at = random.nextInt(body.length);
    byte[] changed = body.clone();
    switch (random.nextInt(4)) {
      case 0 -> changed[at] = (byte) random.nextInt(256);
      case 1 -> changed = Arrays.copyOf(body, at);
      case 2 -> {
        int quote = new String(body, StandardCharsets.ISO_8859_1).indexOf('"', at);
        changed[quote < 0 ? at : Math.min(quote + 1, body.length - 1)] = (byte) 0xff;
      }
      default -> {
        int to = Math.min(body.length, at + 1 + random.nextInt(8));
        changed = new byte[body.length - (to - at)];
        System.arraycopy(body, 0, changed, 0, at);
        System.arraycopy(body, to, changed, at, body.length - to);
      }
    }
    return changed;
  }

  /** A value, a name or a wrapper changed. */
  private static byte[] structure(Random random, byte[] body, List<String> names) {
    try {
      JsonNode root = JSON.readTree(body);
      if (root == null || !root.isContainerNode()) {
        return body;
      }
      List<ContainerNode<?>> containers = new ArrayList<>();
      collect(root, containers);
      JsonNode changed = root;
      switch (random.nextInt(8)) {
        case 0 -> changed = JsonNodeFactory.instance.objectNode().set("data", root);
        case 1 -> changed = JsonNodeFactory.instance.arrayNode().add(root).add(root.deepCopy());
        case 2 -> changed = doubled(random, root);
        default -> change(random, one(random, containers), root, names);
      }
      return JSON.writeValueAsBytes(changed);
    } catch (IOException | IllegalArgumentException e) {
      return body;
    }
  }

  private static void collect(JsonNode node, List<ContainerNode<?>> into) {
    if (node instanceof ContainerNode<?> container) {
      into.add(container);
      node.forEach(child -> collect(child, into));
    }
  }

  private static void change(
      Random random, ContainerNode<?> container, JsonNode root, List<String> among) {
    JsonNode value =
        random.nextInt(6) == 0
            ? root.deepCopy()
            : JsonNodeFactory.instance.rawValueNode(new RawValue(one(random, VALUES)));
    if (random.nextInt(12) == 0) {
      value = JsonNodeFactory.instance.textNode(root.toString());
    }
    switch (container) {
      case ArrayNode list -> {
        if (list.isEmpty() || random.nextInt(3) == 0) {
          list.add(value);
        } else {
          list.set(random.nextInt(list.size()), value);
        }
      }
      case ObjectNode object -> {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        String name =
            names.isEmpty() || random.nextInt(3) == 0 ? one(random, among) : one(random, names);
        switch (random.nextInt(5)) {
          case 0 -> object.remove(name);
          case 1 -> {
            JsonNode old = object.remove(name);
            object.set(one(random, among), old == null ? value : old);
          }
          default -> object.set(name, value);
        }
      }
      default -> throw new IllegalArgumentException("No container");
    }
  }

  /** One name twice. */
  private static JsonNode doubled(Random random, JsonNode root) {
    if (!(root instanceof ObjectNode object) || object.isEmpty()) {
      return root;
    }
    List<Map.Entry<String, JsonNode>> fields = new ArrayList<>(object.properties());
    Map.Entry<String, JsonNode> field = one(random, fields);
    String text = object.toString();
    String again =
        "%s,\"%s\":%s}"
            .formatted(
                text.substring(0, text.length() - 1),
                field.getKey(),
                random.nextBoolean() ? one(random, VALUES) : field.getValue().toString());
    return JsonNodeFactory.instance.pojoNode(new RawValue(again));
  }

  private static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
