package io.crossfade.router.intake;

import io.crossfade.db.kind.KindFile;
import io.crossfade.db.kind.KindFileException;
import io.crossfade.db.kind.KindSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Draws files with kinds that may be. */
final class RandomDefinitions {

  private static final List<String> ZONES =
      List.of("UTC", "Europe/Berlin", "\"+14:00\"", "America/St_Johns", "Asia/Shanghai");

  private static final List<String> FORMATS =
      List.of(
          "iso",
          "epoch",
          "epoch-millis",
          "dd.MM.yyyy HH:mm",
          "[yyyy/MM/dd HH:mm:ss.SSS XXX, iso]",
          "\"MMM d, uuuu h:mm a\"");

  private static final List<String> KEYS =
      List.of(
          "type: text(60)",
          "type: text(9)",
          "type: integer",
          "{integer, times: 1000}",
          "{integer, times: 7}",
          "type: \"decimal(18,3)\"",
          "{\"decimal(18,2)\", times: -3.6}");

  private final Random random;
  private final int number;
  private final boolean wrapped;

  private RandomDefinitions(Random random, int number) {
    this.random = random;
    this.number = number;
    this.wrapped = random.nextBoolean();
  }

  /**
   * Kinds that may be used together.
   *
   * @param count at most 200
   */
  static List<KindSpec> draw(Random random, int count) {
    StringBuilder file = new StringBuilder("kinds:\n");
    for (int i = 0; i < count; i++) {
      file.append(new RandomDefinitions(random, i).kind());
    }
    try {
      return KindFile.parse("random.yaml", file.toString());
    } catch (KindFileException e) {
      throw new AssertionError(e.getMessage() + "\n" + file, e);
    }
  }

  private String kind() {
    boolean timed = random.nextInt(4) > 0;
    boolean inIdentity = timed && random.nextInt(3) > 0;
    boolean twoKeys = random.nextInt(3) == 0;
    List<String> fields = new ArrayList<>();
    fields.add(field("no", KEYS.get(random.nextInt(KEYS.size())), ""));
    fields.add(field("who", random.nextBoolean() ? "type: text(12)" : "type: integer", ""));
    if (twoKeys) {
      fields.add(field("part", "type: integer", ""));
    }
    if (timed) {
      fields.add(field("moment", instant(), ""));
    }
    int more = random.nextInt(6);
    for (int i = 0; i < more; i++) {
      fields.add(field("f" + i, type(), random.nextInt(3) == 0 ? "required: true" : ""));
    }
    StringBuilder kind = new StringBuilder();
    kind.append("  - name: k%d%n    code: %d%n".formatted(number, 16 + number));
    kind.append("    zone: %s%n".formatted(ZONES.get(random.nextInt(ZONES.size()))));
    if (wrapped) {
      kind.append("    wrapped-in: [items, rows]\n");
    }
    kind.append("    fields:\n");
    fields.forEach(field -> kind.append("      - ").append(field).append('\n'));
    kind.append("    identity: [no%s]%n".formatted(twoKeys ? ", part" : ""));
    if (timed) {
      kind.append("    time: moment\n    identity-with-time: %s%n".formatted(inIdentity));
    }
    kind.append("    cohort: %s%n".formatted("who"));
    kind.append("    tables:\n      - {name: k%d, keep: %s}%n".formatted(number, keep(inIdentity)));
    if (random.nextBoolean()) {
      kind.append(
          """
                - name: k%1$d_rows
                  keep: %2$s
                  rows:
                    from: [%3$s]
          """
              .formatted(number, keep(false), path("list")));
      boolean keyed = random.nextBoolean();
      kind.append(keyed ? "          key: sku\n" : "");
      kind.append("          fields:\n            - ").append(rowField("sku", "type: text(20)"));
      kind.append("\n            - ").append(rowField("r1", type()));
      kind.append("\n            - ").append(rowField("r2", type())).append('\n');
    }
    if (random.nextBoolean()) {
      kind.append("      - {name: k%d_state, keep: latest}%n".formatted(number));
    }
    return kind.toString();
  }

  private String keep(boolean first) {
    return first || random.nextBoolean() ? "first" : "latest";
  }

  private String field(String name, String type, String more) {
    return "{name: %s, %s, from: [%s]%s}"
        .formatted(name, spelled(type), path(name), more.isEmpty() ? "" : ", " + more);
  }

  private String rowField(String name, String type) {
    String path =
        List.of(name, "in." + name, "in.deep." + name + ", " + name).get(random.nextInt(3));
    return "{name: %s, %s, from: [%s]}".formatted(name, spelled(type), path);
  }

  /** {@code {integer, times: 7}} as the long form has it. */
  private static String spelled(String type) {
    return type.startsWith("{") ? "type: " + type.substring(1, type.length() - 1) : type;
  }

  /** Places of its own, so that no two fields want one. */
  private String path(String name) {
    // What tells items apart stands in them: an object that says nothing itself is no item.
    int places = wrapped && !name.equals("no") ? 6 : 4;
    return switch (random.nextInt(places)) {
      case 0 -> name;
      case 1 -> "'" + name + "', alias_" + name;
      case 2 -> "inner.deep." + name;
      case 3 -> "'\"x.y\"." + name + "'";
      case 4 -> "^around." + name;
      default -> "^" + name + ", " + name;
    };
  }

  private String instant() {
    return "type: instant"
        + (random.nextBoolean() ? ", formats: " + FORMATS.get(random.nextInt(FORMATS.size())) : "");
  }

  private String type() {
    int size = List.of(1, 3, 20, 300).get(random.nextInt(4));
    String unit = random.nextInt(3) == 0 ? ", times: %s".formatted(times()) : "";
    String round = random.nextBoolean() ? ", round: true" : "";
    return switch (random.nextInt(10)) {
      case 0 -> "type: text(%d)".formatted(size);
      case 1 ->
          "type: integer" + (random.nextBoolean() ? ", min: -5, max: 1000" : "") + unit + round;
      case 2 -> {
        int precision = 1 + random.nextInt(18);
        yield "type: \"decimal(%d,%d)\"".formatted(precision, random.nextInt(precision + 1))
            + unit
            + round;
      }
      case 3 -> "type: double" + (random.nextBoolean() ? ", max: 400" : "") + unit;
      case 4 -> "type: boolean";
      case 5 -> instant();
      case 6 -> "type: date" + (random.nextBoolean() ? ", formats: [dd.MM.yyyy, yyyyMMdd]" : "");
      case 7 -> "type: json(%d)".formatted(size);
      case 8 ->
          "type: bytes(%d), encoding: %s".formatted(size, random.nextBoolean() ? "hex" : "base64");
      default -> "values: {open: OPEN, '3': '😀', 'true': T, shut: T}, other: '?'";
    };
  }

  private String times() {
    return List.of("0.001", "1000", "-3.6", "1e30", "7").get(random.nextInt(5));
  }
}
