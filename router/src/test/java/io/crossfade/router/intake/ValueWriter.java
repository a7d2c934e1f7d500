package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.TimeFormats;
import io.crossfade.db.kind.TypeSpec;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Writes values of fields as JSON that is read as them, in one of the forms that it may have. */
final class ValueWriter {

  private static final JsonNodeFactory NODES = JsonNodeFactory.withExactBigDecimals(true);

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .nodeFactory(NODES)
          .build();

  private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  /** Enough that what a sender's number becomes is rounded to the value that was meant. */
  private static final MathContext DIGITS = new MathContext(40);

  private final Random random;

  ValueWriter(Random random) {
    this.random = random;
  }

  /** {@code null} when nothing that may be sent is read as this value. */
  @Nullable JsonNode write(FieldSpec field, Object value) {
    return switch (field.type()) {
      case TypeSpec.Text text -> NODES.textNode((String) value);
      case TypeSpec.Int type -> number(field, BigDecimal.valueOf((Long) value));
      case TypeSpec.Decimal type -> number(field, (BigDecimal) value);
      case TypeSpec.Real type -> real(field, type, (Double) value);
      case TypeSpec.Bool type -> bool((Boolean) value);
      case TypeSpec.Instant type -> NODES.textNode(moment(type, (LocalDateTime) value));
      case TypeSpec.Date type -> NODES.textNode(day(type, (LocalDate) value));
      case TypeSpec.Json type -> json((String) value);
      case TypeSpec.Bytes type -> NODES.textNode(bytes(type, (byte[]) value));
      case TypeSpec.Choice type -> NODES.textNode(choice(type, (String) value));
    };
  }

  private @Nullable JsonNode number(FieldSpec field, BigDecimal value) {
    BigDecimal times = field.times();
    if (times == null) {
      return spelled(value);
    }
    try {
      return spelled(value.divide(times));
    } catch (ArithmeticException e) {
      // A third has no end.
      return field.rounded() ? spelled(value.divide(times, DIGITS)) : null;
    }
  }

  private @Nullable JsonNode real(FieldSpec field, TypeSpec.Real type, double value) {
    BigDecimal exact = BigDecimal.valueOf(value);
    BigDecimal times = field.times();
    if (times == null) {
      return spelled(exact);
    }
    for (RoundingMode rounding : List.of(RoundingMode.DOWN, RoundingMode.UP)) {
      BigDecimal sent = exact.divide(times, new MathContext(DIGITS.getPrecision(), rounding));
      BigDecimal read = sent.multiply(times);
      if (read.doubleValue() == value
          && (type.least() == null || read.compareTo(type.least()) >= 0)
          && (type.most() == null || read.compareTo(type.most()) <= 0)) {
        return spelled(sent);
      }
    }
    return null;
  }

  /** A number, or the same as text, with or without an exponent. */
  private JsonNode spelled(BigDecimal number) {
    String plain = number.toPlainString();
    String text = plain.length() > 60 || random.nextInt(4) == 0 ? number.toString() : plain;
    return random.nextInt(3) == 0 ? NODES.textNode(text) : NODES.numberNode(new BigDecimal(text));
  }

  private JsonNode bool(boolean value) {
    return switch (random.nextInt(4)) {
      case 0 -> NODES.numberNode(value ? 1 : 0);
      case 1 -> NODES.textNode(value ? "TRUE" : "False");
      default -> NODES.booleanNode(value);
    };
  }

  /** In its first format; of two moments that share a local time, the earlier. */
  private String moment(TypeSpec.Instant type, LocalDateTime local) {
    ZonedDateTime there = local.atZone(type.zone());
    String format = type.formats().isEmpty() ? "" : type.formats().getFirst();
    return switch (format) {
      case "" ->
          switch (random.nextInt(3)) {
            case 0 -> there.toLocalDateTime().equals(local) ? iso(there) : LOCAL.format(local);
            default -> LOCAL.format(local);
          };
      case TypeSpec.Instant.ISO -> random.nextBoolean() ? LOCAL.format(local) : iso(there);
      case TypeSpec.Instant.EPOCH -> String.valueOf(there.toEpochSecond());
      case TypeSpec.Instant.EPOCH_MILLIS ->
          String.valueOf(there.toEpochSecond() * 1000 + random.nextInt(1000));
      default -> TimeFormats.of(format).format(there);
    };
  }

  private static String iso(ZonedDateTime there) {
    ZoneOffset offset = there.getOffset();
    boolean minutes = offset.getTotalSeconds() % 60 == 0;
    return LOCAL.format(there).replace(' ', 'T') + (minutes ? offset : "");
  }

  private static String day(TypeSpec.Date type, LocalDate day) {
    return type.formats().isEmpty()
        ? day.toString()
        : TimeFormats.of(type.formats().getFirst()).format(day.atStartOfDay(ZoneOffset.UTC));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("No JSON: " + text, e);
    }
  }

  private String bytes(TypeSpec.Bytes type, byte[] bytes) {
    return switch (type.encoding()) {
      case HEX -> random.nextBoolean() ? hex(bytes) : hex(bytes).toUpperCase(java.util.Locale.ROOT);
      case BASE64 ->
          random.nextBoolean()
              ? Base64.getEncoder().encodeToString(bytes)
              : Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    };
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private String choice(TypeSpec.Choice type, String stored) {
    List<String> spellings =
        type.values().entrySet().stream()
            .filter(entry -> entry.getValue().equals(stored))
            .map(Map.Entry::getKey)
            .toList();
    if (!spellings.isEmpty()) {
      return spellings.get(random.nextInt(spellings.size()));
    }
    String other = "?";
    while (type.values().containsKey(other)) {
      other += "?";
    }
    return other;
  }
}
