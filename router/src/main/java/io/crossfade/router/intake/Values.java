package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads one value of an upload, in every form that devices send. What cannot be read is {@code
 * null}: text where a number belongs, {@code ""}, {@code "null"}, and numbers that their column
 * cannot hold.
 */
final class Values {

  private static final DateTimeFormatter LOCAL_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

  /** Longer numbers are an attack: 1e999999999 takes minutes to round. */
  private static final int MOST_DIGITS = 40;

  private static final int FIRST_YEAR = 1970;

  /** Of a DATETIME. */
  private static final int LAST_YEAR = 9999;

  private static final int SECONDS_DIGITS = 10;
  private static final int MILLIS_DIGITS = 13;

  private Values() {}

  /** Text without blanks around it; {@code null} for nothing, {@code ""} and {@code "null"}. */
  static @Nullable String text(@Nullable JsonNode node) {
    if (node == null || node.isNull() || node.isContainerNode()) {
      return null;
    }
    String text = node.asText().strip();
    return text.isEmpty() || "null".equalsIgnoreCase(text) ? null : wellFormed(text);
  }

  /** JSON that came in a string. */
  static @Nullable JsonNode json(String text, ObjectReader reader) {
    try {
      return reader.readTree(text);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** The text with {@code ?} for each half of a surrogate pair: UTF-8 has no form for those. */
  static String wellFormed(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (Character.isSurrogate(text.charAt(i))) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
      }
    }
    return text;
  }

  static @Nullable Integer integer(@Nullable JsonNode node) {
    BigDecimal number = rounded(node, 0);
    return number != null && fits(number, Integer.MIN_VALUE, Integer.MAX_VALUE)
        ? number.intValueExact()
        : null;
  }

  /** An id of the user directory; 0 means unset. */
  static @Nullable Long id(@Nullable JsonNode node) {
    BigDecimal number = rounded(node, 0);
    return number != null && number.signum() != 0 && fits(number, Long.MIN_VALUE, Long.MAX_VALUE)
        ? number.longValueExact()
        : null;
  }

  static @Nullable Double real(@Nullable JsonNode node) {
    BigDecimal number = number(node);
    return number == null ? null : number.doubleValue();
  }

  /** A number for a column DECIMAL(precision, scale), rounded half away from zero as MySQL does. */
  static @Nullable BigDecimal decimal(@Nullable JsonNode node, int precision, int scale) {
    BigDecimal number = rounded(node, scale);
    return number != null && number.precision() <= precision ? number : null;
  }

  /**
   * A device's time, whole seconds: local time without a zone, or an epoch of 10 or 13 digits as
   * number or text, turned into {@code zone}. {@code null} when absent, unreadable, before 1970 or
   * after 9999.
   */
  static @Nullable LocalDateTime time(@Nullable JsonNode node, ZoneId zone) {
    String text = text(node);
    if (text == null) {
      return null;
    }
    try {
      if (text.length() == SECONDS_DIGITS || text.length() == MILLIS_DIGITS) {
        Optional<Instant> epoch = epoch(text);
        if (epoch.isPresent()) {
          return local(epoch.get(), zone);
        }
      }
      LocalDateTime time = LocalDateTime.parse(text, LOCAL_TIME);
      return time.getYear() < FIRST_YEAR || time.getYear() > LAST_YEAR ? null : time;
    } catch (DateTimeException e) {
      return null;
    }
  }

  static LocalDateTime local(Instant instant, ZoneId zone) {
    return LocalDateTime.ofInstant(instant, zone).truncatedTo(ChronoUnit.SECONDS);
  }

  private static Optional<Instant> epoch(String text) {
    if (!text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.empty();
    }
    long number = Long.parseLong(text);
    return Optional.of(
        text.length() == SECONDS_DIGITS
            ? Instant.ofEpochSecond(number)
            : Instant.ofEpochMilli(number));
  }

  private static @Nullable BigDecimal rounded(@Nullable JsonNode node, int scale) {
    BigDecimal number = number(node);
    return number == null ? null : number.setScale(scale, RoundingMode.HALF_UP);
  }

  private static @Nullable BigDecimal number(@Nullable JsonNode node) {
    if (node == null) {
      return null;
    }
    BigDecimal number;
    if (node.isNumber()) {
      number = node.decimalValue();
    } else if (node.isTextual()) {
      number = parse(node.textValue().strip());
    } else {
      return null;
    }
    return number != null
            && number.precision() <= MOST_DIGITS
            && Math.abs((long) number.scale()) <= MOST_DIGITS
        ? number
        : null;
  }

  private static @Nullable BigDecimal parse(String text) {
    if (text.isEmpty() || text.length() > MOST_DIGITS) {
      return null;
    }
    char first = text.charAt(0);
    if (first != '-' && first != '+' && first != '.' && (first < '0' || first > '9')) {
      return null;
    }
    try {
      return new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean fits(BigDecimal number, long least, long most) {
    return number.compareTo(BigDecimal.valueOf(least)) >= 0
        && number.compareTo(BigDecimal.valueOf(most)) <= 0;
  }
}
