package io.crossfade.router.intake;

import io.crossfade.db.kind.FieldPath;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.TypeSpec;
import io.crossfade.db.kind.TypeSpec.Encoding;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Draws fields, and JSON that may or may not be what they want. */
final class RandomKinds {

  private static final List<String> ZONES =
      List.of("UTC", "Europe/Berlin", "+14:00", "America/St_Johns", "Asia/Shanghai");

  private static final List<List<String>> FORMATS =
      List.of(
          List.of(),
          List.of("iso"),
          List.of("epoch"),
          List.of("epoch-millis"),
          List.of("dd.MM.yyyy HH:mm"),
          List.of("yyyy/MM/dd HH:mm:ss.SSS XXX", "iso"),
          List.of("MMM d, uuuu h:mm a"));

  /** What is near to something that some type takes. */
  private static final List<String> VALUES =
      List.of(
          "0",
          "-0",
          "1",
          "-1",
          "1.0",
          "7.5",
          "0.001",
          "1e3",
          "1E+3",
          "1e-3",
          "-1e-400",
          "1e400",
          "1e2147483647",
          "1e-2147483648",
          "1e99999999999999999999",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "99999999999999999.99",
          "0.000000000000000000000000001",
          "9".repeat(120),
          "0." + "0".repeat(90) + "1",
          "1.7976931348623157e308",
          "1.7976931348623159e308",
          "4.9e-324",
          "1764231300",
          "1764231300999",
          "99999999999",
          "true",
          "false",
          "null",
          "\"\"",
          "\"null\"",
          "\"true\"",
          "\"0\"",
          "\" 7 \"",
          "\"+7\"",
          "\"7,5\"",
          "\"NaN\"",
          "\"1e5\"",
          "\".5\"",
          "\"5.\"",
          "\".\"",
          "\"-\"",
          "\"e5\"",
          "\"٧\"",
          "\"abc\"",
          "\"\\u0000\"",
          "\"\\ud83d\"",
          "\"\\ud83d\\ude00\"",
          "\"😀😀😀😀😀\"",
          "\"\\u2028\\r\\n\"",
          "\"'\\\"\\\\\"",
          "\"2026-11-27 08:15:00\"",
          "\"2026-11-27T08:15:00.5+01:00\"",
          "\"2026-10-25T00:30:00Z\"",
          "\"2026-02-30 00:00:00\"",
          "\"0001-01-01 00:00:00\"",
          "\"9999-12-31T23:59:59Z\"",
          "\"1000-01-01T00:00:00Z\"",
          "\"27.11.2026 08:15\"",
          "\"Nov 27, 2026 8:15 PM\"",
          "\"2026/11/27 08:15:00.123 +01:00\"",
          "\"2026-11-27\"",
          "\"AAEC\"",
          "\"_-8\"",
          "\"0aFF\"",
          "\"open\"",
          "\"3\"",
          "3",
          "3.0",
          "[]",
          "{}",
          "[1]",
          "{\"a\":\"b\"}",
          "{\"a\":1e999,\"b\":[null,\"\\ud800\"]}",
          "[[[[[[[[[[[[x]]]]]]]]]]]]",
          "\"" + "x".repeat(300) + "\"");

  private RandomKinds() {}

  static List<FieldSpec> fields(Random random) {
    List<FieldSpec> fields = new ArrayList<>();
    int size = 1 + random.nextInt(4);
    for (int i = 0; i < size; i++) {
      TypeSpec type = type(random);
      boolean number =
          type instanceof TypeSpec.Int
              || type instanceof TypeSpec.Decimal
              || type instanceof TypeSpec.Real;
      boolean unit = number && random.nextInt(3) == 0;
      fields.add(
          new FieldSpec(
              "f" + i,
              type,
              paths(random),
              random.nextInt(4) == 0,
              null,
              unit
                  ? new BigDecimal(List.of("0.001", "1000", "-3.6", "1e30").get(random.nextInt(4)))
                  : null,
              !(type instanceof TypeSpec.Real) && number && random.nextBoolean()));
    }
    return fields;
  }

  private static List<FieldPath> paths(Random random) {
    List<FieldPath> paths = new ArrayList<>();
    do {
      paths.add(
          FieldPath.parse(
              List.of("a", "b", "c.d", "c.d.e", "^a", "^c.d", "\"x.y\"").get(random.nextInt(7))));
    } while (random.nextInt(3) == 0);
    return paths;
  }

  static TypeSpec type(Random random) {
    int size = List.of(1, 3, 20, 300).get(random.nextInt(4));
    return switch (random.nextInt(10)) {
      case 0 -> new TypeSpec.Text(size);
      case 1 -> random.nextBoolean() ? new TypeSpec.Int(null, null) : new TypeSpec.Int(-5L, 1000L);
      case 2 -> {
        int precision = 1 + random.nextInt(18);
        yield new TypeSpec.Decimal(precision, random.nextInt(precision + 1), null, null);
      }
      case 3 -> new TypeSpec.Real(null, random.nextBoolean() ? new BigDecimal("1e6") : null);
      case 4 -> new TypeSpec.Bool();
      case 5 ->
          new TypeSpec.Instant(
              ZoneId.of(ZONES.get(random.nextInt(ZONES.size()))),
              FORMATS.get(random.nextInt(FORMATS.size())));
      case 6 ->
          new TypeSpec.Date(random.nextBoolean() ? List.of() : List.of("dd.MM.yyyy", "yyyyMMdd"));
      case 7 -> new TypeSpec.Json(size);
      case 8 -> new TypeSpec.Bytes(size, random.nextBoolean() ? Encoding.HEX : Encoding.BASE64);
      default ->
          new TypeSpec.Choice(
              Map.of("open", "OPEN", "3", "😀", "true", "T"), random.nextBoolean() ? "?" : null);
    };
  }

  /** An object. */
  static String item(Random random) {
    StringBuilder item = new StringBuilder("{");
    for (String name : List.of("a", "b", "c", "x.y")) {
      if (random.nextInt(4) > 0) {
        item.append(item.length() == 1 ? "" : ",").append('"').append(name).append("\":");
        item.append(
            "c".equals(name) && random.nextBoolean()
                ? "{\"d\":%s}"
                    .formatted(
                        random.nextBoolean()
                            ? value(random)
                            : "{\"e\":%s}".formatted(value(random)))
                : value(random));
      }
    }
    return item.append('}').toString();
  }

  static String value(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> String.valueOf(random.nextLong());
      case 1 -> String.valueOf(random.nextInt(2000) - 1000);
      case 2 -> BigDecimal.valueOf(random.nextLong(), random.nextInt(40) - 10).toString();
      default -> VALUES.get(random.nextInt(VALUES.size()));
    };
  }
}
