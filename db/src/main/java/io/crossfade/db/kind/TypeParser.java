package io.crossfade.db.kind;

import io.crossfade.db.kind.TypeSpec.Bool;
import io.crossfade.db.kind.TypeSpec.Bytes;
import io.crossfade.db.kind.TypeSpec.Choice;
import io.crossfade.db.kind.TypeSpec.Date;
import io.crossfade.db.kind.TypeSpec.Decimal;
import io.crossfade.db.kind.TypeSpec.Encoding;
import io.crossfade.db.kind.TypeSpec.Instant;
import io.crossfade.db.kind.TypeSpec.Int;
import io.crossfade.db.kind.TypeSpec.Json;
import io.crossfade.db.kind.TypeSpec.Real;
import io.crossfade.db.kind.TypeSpec.Text;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the type of a field, and what a file says of it besides. */
final class TypeParser {

  /** What a long form may say of some types alone, and of which. */
  private static final Map<String, List<String>> OPTIONS = options();

  private static final List<String> TYPES =
      List.of(
          "text", "integer", "decimal", "double", "boolean", "instant", "date", "json", "bytes",
          "choice");

  private static final String ALLOWED =
      "one of text(n), integer, decimal(p,s), double, boolean, instant, date, json(n), bytes(n),"
          + " choice, or a list of what may be sent";

  /** What others call them. */
  private static final Map<String, String> ELSEWHERE =
      Map.ofEntries(
          Map.entry("string", "text"),
          Map.entry("str", "text"),
          Map.entry("varchar", "text"),
          Map.entry("char", "text"),
          Map.entry("int", "integer"),
          Map.entry("long", "integer"),
          Map.entry("bigint", "integer"),
          Map.entry("int64", "integer"),
          Map.entry("number", "double"),
          Map.entry("float", "double"),
          Map.entry("real", "double"),
          Map.entry("numeric", "decimal"),
          Map.entry("money", "decimal"),
          Map.entry("bool", "boolean"),
          Map.entry("timestamp", "instant"),
          Map.entry("datetime", "instant"),
          Map.entry("time", "instant"),
          Map.entry("object", "json"),
          Map.entry("binary", "bytes"),
          Map.entry("blob", "bytes"),
          Map.entry("base64", "bytes"),
          Map.entry("hex", "bytes"),
          Map.entry("enum", "choice"));

  private static final int TEXT_LENGTH = 255;
  private static final int JSON_BYTES = 16_384;
  private static final int MOST_CHOICES = 1000;
  private static final int LONGEST_CHOICE = 255;
  private static final int MOST_FORMATS = 20;

  private static final String INTEGER = "integer";
  private static final String DECIMAL = "decimal";
  private static final String DOUBLE = "double";
  private static final String INSTANT = "instant";

  private final YamlPart part;
  private final Map<String, YamlPart> said;
  private final ZoneId zone;
  private boolean wrong;

  /**
   * @param part where the type stands
   * @param said what stands beside it, by its key
   * @param zone of instants that say none
   */
  TypeParser(YamlPart part, Map<String, YamlPart> said, ZoneId zone) {
    this.part = part;
    this.said = said;
    this.zone = zone;
  }

  private static Map<String, List<String>> options() {
    List<String> numbers = List.of(INTEGER, DECIMAL, DOUBLE);
    Map<String, List<String>> options = new LinkedHashMap<>();
    options.put("min", numbers);
    options.put("max", numbers);
    options.put("times", numbers);
    options.put("round", List.of(INTEGER, DECIMAL));
    options.put("zone", List.of(INSTANT));
    options.put("formats", List.of(INSTANT, "date"));
    options.put("encoding", List.of("bytes"));
    options.put("values", List.of("choice"));
    options.put("other", List.of("choice"));
    return options;
  }

  static Set<String> optionNames() {
    return OPTIONS.keySet();
  }

  /** The type; {@code null} when there is a mistake in it, which is noted. */
  @Nullable TypeSpec read() {
    if (part.isList()) {
      return readChoice();
    }
    String text = part.text();
    if (text == null) {
      return null;
    }
    int open = text.indexOf('(');
    String name = (open < 0 ? text : text.substring(0, open)).strip();
    if (!TYPES.contains(name) || (open >= 0 && !text.endsWith(")"))) {
      boolean cut = open >= 0 && !text.endsWith(")");
      part.mistake(
          Mistakes.quote(text)
              + " is no type; "
              + ALLOWED
              + (cut ? "; within braces a comma wants quotes: \"decimal(12,2)\"" : meant(name)));
      return null;
    }
    List<String> arguments =
        open < 0 ? List.of() : List.of(text.substring(open + 1, text.length() - 1).split(",", -1));
    options(name, text);
    TypeSpec type = typed(name, arguments);
    return wrong ? null : type;
  }

  /** The same, of what may be sent. */
  @Nullable TypeSpec readChoice() {
    options("choice", "choice");
    TypeSpec choice = choice(part);
    return wrong ? null : choice;
  }

  private static String meant(String name) {
    String elsewhere = ELSEWHERE.get(name.toLowerCase(Locale.ROOT));
    return elsewhere == null ? Mistakes.meant(name, TYPES) : "; did you mean " + elsewhere + "?";
  }

  /** Notes what is said that such a type does not know. */
  private void options(String name, String text) {
    said.forEach(
        (key, option) -> {
          List<String> types = OPTIONS.get(key);
          if (types != null && !types.contains(name)) {
            wrong = true;
            option.keyMistake(
                "is not for %s; it is for %s"
                    .formatted(Mistakes.quote(text), String.join(", ", types)));
          }
        });
  }

  private @Nullable TypeSpec typed(String name, List<String> arguments) {
    return switch (name) {
      case "text" -> new Text(size(arguments, TEXT_LENGTH, Text.MOST, "characters"));
      case INTEGER -> integer(arguments);
      case DECIMAL -> decimal(arguments);
      case DOUBLE -> {
        none(arguments);
        yield new Real(bound("min"), bound("max"));
      }
      case "boolean" -> {
        none(arguments);
        yield new Bool();
      }
      case INSTANT -> {
        none(arguments);
        yield new Instant(zone(), formats(/* instant= */ true));
      }
      case "date" -> {
        none(arguments);
        yield new Date(formats(/* instant= */ false));
      }
      case "json" -> new Json(size(arguments, JSON_BYTES, Json.MOST, "bytes"));
      case "bytes" -> new Bytes(size(arguments, 0, Bytes.MOST, "bytes"), encoding());
      default -> {
        if (!arguments.isEmpty()) {
          mistake(part, "takes nothing in parentheses; write a list, such as [open, paid]");
          yield null;
        }
        YamlPart values = said.get("values");
        if (values == null) {
          mistake(part, "choice needs values, such as values: [open, paid]");
          yield null;
        }
        yield choice(values);
      }
    };
  }

  private void mistake(YamlPart at, String what) {
    wrong = true;
    at.mistake(what);
  }

  private void none(List<String> arguments) {
    if (!arguments.isEmpty()) {
      mistake(part, "takes nothing in parentheses");
    }
  }

  /** How large it may be; 0 as {@code otherwise} is none. */
  private int size(List<String> arguments, int otherwise, int most, String unit) {
    if (arguments.isEmpty() && otherwise > 0) {
      return otherwise;
    }
    int size = arguments.size() == 1 ? number(arguments.getFirst()) : -1;
    if (size < 1 || size > most) {
      mistake(part, "should have 1 to %d %s, as in (20)".formatted(most, unit));
      return 1;
    }
    return size;
  }

  /** A whole number of a few digits; -1 for anything else. */
  private static int number(String text) {
    String digits = text.strip();
    boolean whole =
        !digits.isEmpty()
            && digits.length() <= 9
            && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    return whole ? Integer.parseInt(digits) : -1;
  }

  private TypeSpec integer(List<String> arguments) {
    none(arguments);
    Long least = wholeBound("min");
    Long most = wholeBound("max");
    if (least != null && most != null && least > most) {
      mistake(said.getOrDefault("max", part), "is less than min");
    }
    return new Int(least, most);
  }

  private @Nullable TypeSpec decimal(List<String> arguments) {
    int precision = arguments.size() == 2 ? number(arguments.getFirst()) : -1;
    int scale = arguments.size() == 2 ? number(arguments.getLast()) : -1;
    if (precision < 1 || precision > Decimal.MOST || scale < 0 || scale > precision) {
      mistake(
          part,
          "should say how many digits there are, 1 to %d, and how many of them are decimals, as in"
                  .formatted(Decimal.MOST)
              + " decimal(12,2)");
      return null;
    }
    return new Decimal(precision, scale, bound("min"), bound("max"));
  }

  private @Nullable Long wholeBound(String key) {
    YamlPart at = said.get(key);
    BigDecimal number = at == null ? null : at.number();
    if (at == null) {
      return null;
    }
    if (number == null) {
      wrong = true;
      return null;
    }
    try {
      return number.longValueExact();
    } catch (ArithmeticException e) {
      mistake(at, "should be a whole number of 64 bits");
      return null;
    }
  }

  private @Nullable BigDecimal bound(String key) {
    YamlPart at = said.get(key);
    if (at == null) {
      return null;
    }
    BigDecimal number = at.number();
    if (number == null) {
      wrong = true;
      return null;
    }
    YamlPart other = said.get("min");
    if ("max".equals(key) && other != null) {
      BigDecimal least = wrong ? null : other.number();
      if (least != null && least.compareTo(number) > 0) {
        mistake(at, "is less than min");
      }
    }
    return number;
  }

  private ZoneId zone() {
    YamlPart at = said.get("zone");
    if (at == null) {
      return zone;
    }
    ZoneId own = zone(at);
    wrong |= own == null;
    return own == null ? zone : own;
  }

  static @Nullable ZoneId zone(YamlPart at) {
    String text = at.text();
    if (text == null) {
      return null;
    }
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      at.mistake(
          Mistakes.quote(text)
              + " is no time zone; one such as Europe/Berlin, +02:00 or UTC"
              + Mistakes.meant(text, ZoneId.getAvailableZoneIds()));
      return null;
    }
  }

  private List<String> formats(boolean instant) {
    YamlPart at = said.get("formats");
    if (at == null) {
      return List.of();
    }
    List<String> formats = new ArrayList<>();
    for (YamlPart one : at.oneOrMore(MOST_FORMATS)) {
      String format = one.text();
      if (format == null) {
        wrong = true;
        continue;
      }
      try {
        check(format, instant);
        formats.add(format);
      } catch (IllegalArgumentException e) {
        mistake(
            one,
            Mistakes.quote(format)
                + " "
                + e.getMessage()
                + (instant ? "; or iso, epoch, epoch-millis" : ""));
      }
    }
    wrong |= formats.isEmpty();
    return formats;
  }

  private static void check(String format, boolean instant) {
    if (!instant) {
      TimeFormats.ofDate(format);
    } else if (!Instant.NAMED.contains(format)) {
      TimeFormats.ofInstant(format);
    }
  }

  private Encoding encoding() {
    YamlPart at = said.get("encoding");
    if (at == null) {
      return Encoding.BASE64;
    }
    return switch (at.text()) {
      case "base64" -> Encoding.BASE64;
      case "hex" -> Encoding.HEX;
      case null -> {
        wrong = true;
        yield Encoding.BASE64;
      }
      default -> {
        mistake(at, "should be base64 or hex");
        yield Encoding.BASE64;
      }
    };
  }

  private TypeSpec choice(YamlPart values) {
    Map<String, String> choices = new LinkedHashMap<>();
    if (values.isMap()) {
      Map<String, YamlPart> entries = values.entries();
      if (entries.isEmpty() || entries.size() > MOST_CHOICES) {
        mistake(values, "should have 1 to %d values".formatted(MOST_CHOICES));
        return new Choice(choices, null);
      }
      entries.forEach((sent, stored) -> choose(values, choices, stored, sent, stored.text()));
    } else {
      List<YamlPart> elements = values.oneOrMore(MOST_CHOICES);
      wrong |= elements.isEmpty();
      for (YamlPart one : elements) {
        String text = one.text();
        choose(values, choices, one, text, text);
      }
    }
    YamlPart other = said.get("other");
    String otherwise = other == null ? null : other.text();
    if (other != null && (otherwise == null || isTooLong(other, otherwise))) {
      wrong = true;
    }
    return new Choice(choices, otherwise);
  }

  private void choose(
      YamlPart values,
      Map<String, String> choices,
      YamlPart at,
      @Nullable String sent,
      @Nullable String stored) {
    if (sent == null || stored == null || isTooLong(at, stored)) {
      wrong = true;
    } else if (sent.isBlank() || !sent.equals(sent.strip()) || "null".equalsIgnoreCase(sent)) {
      mistake(
          values,
          Mistakes.quote(sent)
              + " is never sent: blanks around a value do not count, and what is empty is no"
              + " value");
    } else if (choices.put(sent, stored) != null) {
      mistake(at, Mistakes.quote(sent) + " stands twice");
    }
  }

  private static boolean isTooLong(YamlPart at, String stored) {
    if (stored.length() > LONGEST_CHOICE) {
      at.mistake("is longer than %d characters".formatted(LONGEST_CHOICE));
      return true;
    }
    return false;
  }
}
