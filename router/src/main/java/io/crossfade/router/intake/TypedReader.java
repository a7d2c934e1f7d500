package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.TimeFormats;
import io.crossfade.db.kind.TypeSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a value of one type, which is there. Unlike those of watches it is exact: what is none of
 * its type, or would have to be bent to become one, is {@code null}.
 */
final class TypedReader {

  private static final int LONGEST_NUMBER = 100;

  /** Of what is computed with, so that no number takes long. */
  private static final int MOST_EXPONENT = 400;

  private TypedReader() {}

  /** One for a field, which is worth keeping: its formats are ready. */
  static Function<JsonNode, @Nullable Object> of(FieldSpec field) {
    return switch (field.type()) {
      case TypeSpec.Text text -> TypedReader::text;
      case TypeSpec.Int type -> node -> whole(number(node, field), type, field.rounded());
      case TypeSpec.Decimal type -> node -> decimal(number(node, field), type, field.rounded());
      case TypeSpec.Real type -> node -> real(number(node, field), type);
      case TypeSpec.Bool bool -> TypedReader::bool;
      case TypeSpec.Instant type -> new TimeReader(type)::read;
      case TypeSpec.Date type -> date(type);
      case TypeSpec.Json type -> node -> json(node, type);
      case TypeSpec.Bytes type -> node -> bytes(node, type);
      case TypeSpec.Choice type -> node -> choice(node, type);
    };
  }

  /** Text, a number or a boolean, as it was sent but for blanks around it. */
  static @Nullable String text(JsonNode node) {
    if (!node.isTextual() && !node.isNumber() && !node.isBoolean()) {
      return null;
    }
    String text = node.asText().strip();
    return isWellFormed(text) ? text : null;
  }

  /** Whether UTF-8 has a form for it: halves of surrogate pairs have none. */
  private static boolean isWellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return text.codePoints()
            .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
      }
    }
    return true;
  }

  /** A number, as one or as text, in the unit of its field. */
  private static @Nullable BigDecimal number(JsonNode node, FieldSpec field) {
    if (!node.isNumber() && !node.isTextual()) {
      return null;
    }
    BigDecimal number = number(node.asText().strip());
    BigDecimal times = field.times();
    return number == null || times == null ? number : number.multiply(times);
  }

  static @Nullable BigDecimal number(String text) {
    if (text.isEmpty() || text.length() > LONGEST_NUMBER) {
      return null;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Digits of other scripts are digits to BigDecimal, and text to everybody else.
      if ((c < '0' || c > '9') && "+-.eE".indexOf(c) < 0) {
        return null;
      }
    }
    try {
      BigDecimal number = new BigDecimal(text);
      return Math.abs((long) number.scale()) <= MOST_EXPONENT ? number : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Long whole(
      @Nullable BigDecimal number, TypeSpec.Int type, boolean rounded) {
    BigDecimal whole = scaled(number, 0, rounded);
    // A long has 19 digits.
    if (whole == null || whole.precision() > 19) {
      return null;
    }
    try {
      long value = whole.longValueExact();
      return (type.least() == null || value >= type.least())
              && (type.most() == null || value <= type.most())
          ? (Long) value
          : null;
    } catch (ArithmeticException e) {
      return null;
    }
  }

  private static @Nullable BigDecimal decimal(
      @Nullable BigDecimal number, TypeSpec.Decimal type, boolean rounded) {
    BigDecimal exact = scaled(number, type.scale(), rounded);
    return exact != null
            && exact.precision() <= type.precision()
            && isWithin(exact, type.least(), type.most())
        ? exact
        : null;
  }

  private static @Nullable BigDecimal scaled(
      @Nullable BigDecimal number, int scale, boolean rounded) {
    if (number == null) {
      return null;
    }
    try {
      return number.setScale(scale, rounded ? RoundingMode.HALF_UP : RoundingMode.UNNECESSARY);
    } catch (ArithmeticException e) {
      return null;
    }
  }

  private static @Nullable Double real(@Nullable BigDecimal number, TypeSpec.Real type) {
    if (number == null || !isWithin(number, type.least(), type.most())) {
      return null;
    }
    double value = number.doubleValue();
    boolean vanished = value == 0 && number.signum() != 0;
    return Double.isFinite(value) && !vanished ? (Double) value : null;
  }

  private static boolean isWithin(
      BigDecimal number, @Nullable BigDecimal least, @Nullable BigDecimal most) {
    return (least == null || number.compareTo(least) >= 0)
        && (most == null || number.compareTo(most) <= 0);
  }

  private static @Nullable Boolean bool(JsonNode node) {
    String text = node.isContainerNode() ? null : Values.code(node);
    if (text == null) {
      return null;
    }
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> Boolean.TRUE;
      case "false", "0" -> Boolean.FALSE;
      default -> null;
    };
  }

  private static Function<JsonNode, @Nullable Object> date(TypeSpec.Date type) {
    List<String> patterns = type.formats().isEmpty() ? List.of("uuuu-MM-dd") : type.formats();
    List<DateTimeFormatter> formats = patterns.stream().map(TimeFormats::of).toList();
    return node -> node.isTextual() || node.isNumber() ? day(node.asText().strip(), formats) : null;
  }

  private static @Nullable LocalDate day(String text, List<DateTimeFormatter> formats) {
    if (text.length() > TimeReader.LONGEST) {
      return null;
    }
    for (DateTimeFormatter format : formats) {
      try {
        LocalDate day = LocalDate.parse(text, format);
        return TypeSpec.isYear(day.getYear()) ? day : null;
      } catch (DateTimeException | ArithmeticException e) {
        // The next may fit.
      }
    }
    return null;
  }

  private static @Nullable String json(JsonNode node, TypeSpec.Json type) {
    if (DeepPart.isIn(node)) {
      return null;
    }
    String json = node.toString();
    return json.length() <= type.maxBytes()
            && isWellFormed(json)
            && json.getBytes(StandardCharsets.UTF_8).length <= type.maxBytes()
        ? json
        : null;
  }

  private static byte @Nullable [] bytes(JsonNode node, TypeSpec.Bytes type) {
    if (!node.isTextual()) {
      return null;
    }
    String text = node.textValue().strip();
    // Base64 with all its padding takes less than two characters for a byte, but for the last.
    if (text.length() > type.length() * 2L + 4) {
      return null;
    }
    try {
      byte[] bytes =
          switch (type.encoding()) {
            case HEX -> HexFormat.of().parseHex(text);
            case BASE64 -> Base64.getDecoder().decode(text.replace('-', '+').replace('_', '/'));
          };
      return bytes.length <= type.length() ? bytes : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String choice(JsonNode node, TypeSpec.Choice type) {
    if (text(node) == null) {
      return null;
    }
    String sent = Values.code(node);
    String stored = sent == null ? null : type.values().get(sent);
    return stored == null ? type.other() : stored;
  }
}
