package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.RecordTime;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads one value of an upload, in every form that devices send. What cannot be read is {@code
 * null}: text where a number belongs, {@code ""}, {@code "null"}, and numbers that their column
 * cannot hold.
 */
final class Values {

  private static final DateTimeFormatter LOCAL_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withResolverStyle(ResolverStyle.STRICT);

  /** ISO 8601 as devices and their relays write it; parts of a second are cut. */
  private static final Pattern ISO_TIME =
      Pattern.compile(
          "(\\d{4}-\\d\\d-\\d\\d)[Tt ](\\d\\d:\\d\\d:\\d\\d)(?:[.,]\\d+)?"
              + " ?([Zz]|[+-]\\d\\d(?::?\\d\\d)?)?");

  private static final int LOCAL_TIME_LENGTH = 19;

  /** No sender means anything with more; a limit also bounds the time that rounding takes. */
  private static final int MOST_DIGITS = 40;

  private static final int LONGEST_NUMBER = 100;
  private static final int LONGEST_TIME = 64;
  private static final int FIRST_YEAR = 1970;

  /** Of a DATETIME. */
  private static final int LAST_YEAR = 9999;

  private static final int SECONDS_DIGITS = 10;
  private static final int MILLIS_DIGITS = 13;

  private Values() {}

  /** Whether a value says nothing: absent, null, {@code ""}, {@code "null"}. */
  static boolean isEmpty(@Nullable JsonNode node) {
    return node == null
        || node.isNull()
        || node.isMissingNode()
        || (node.isTextual() && isEmpty(node.textValue().strip()));
  }

  private static boolean isEmpty(String text) {
    return text.isEmpty() || "null".equalsIgnoreCase(text);
  }

  /** Text without blanks around it, numbers as they were sent; {@code null} for nothing. */
  static @Nullable String text(@Nullable JsonNode node) {
    if (node == null || node.isNull() || isStructured(node)) {
      return null;
    }
    String text = node.asText().strip();
    return isEmpty(text) ? null : wellFormed(text);
  }

  /** The same, and an object or a list as its JSON. */
  static @Nullable String textOrJson(@Nullable JsonNode node) {
    return node != null && isStructured(node) ? json(node) : text(node);
  }

  /** Compact JSON, numbers as they were sent. */
  static String json(JsonNode node) {
    return wellFormed(node.toString());
  }

  /** Text of a code that devices send as text or as a number: {@code "1"}, 1 and 1.0 are one. */
  static @Nullable String code(@Nullable JsonNode node) {
    BigDecimal number = node != null && node.isNumber() ? whole(node) : null;
    return number == null ? text(node) : number.toPlainString();
  }

  private static boolean isStructured(JsonNode node) {
    return node.isContainerNode() || node instanceof DeepPart;
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
    BigDecimal number = rounded(number(node), 0);
    return number != null && fits(number, Integer.MIN_VALUE, Integer.MAX_VALUE)
        ? number.intValueExact()
        : null;
  }

  /** The same, of text. */
  static @Nullable Integer integer(String text) {
    BigDecimal number = rounded(number(text), 0);
    return number != null && fits(number, Integer.MIN_VALUE, Integer.MAX_VALUE)
        ? number.intValueExact()
        : null;
  }

  /** An id of the user directory; 0 means unset, and so does what is no whole number. */
  static @Nullable Long id(@Nullable JsonNode node) {
    BigDecimal number = whole(node);
    return number != null && number.signum() != 0 && fits(number, Long.MIN_VALUE, Long.MAX_VALUE)
        ? number.longValueExact()
        : null;
  }

  /** Milliseconds since 1970; 0 for what is none. */
  static long millis(@Nullable JsonNode node) {
    BigDecimal number = rounded(number(node), 0);
    return number != null && fits(number, 0, Long.MAX_VALUE) ? number.longValueExact() : 0;
  }

  static boolean isNegative(@Nullable JsonNode node) {
    BigDecimal number = number(node);
    return number != null && number.signum() < 0;
  }

  static @Nullable Double real(@Nullable JsonNode node) {
    BigDecimal number = number(node);
    return number == null ? null : number.doubleValue();
  }

  /** A number for a column DECIMAL(precision, scale), rounded half away from zero as MySQL does. */
  static @Nullable BigDecimal decimal(@Nullable JsonNode node, int precision, int scale) {
    BigDecimal number = rounded(number(node), scale);
    return number != null && number.precision() <= precision ? number : null;
  }

  /**
   * A device's time, whole seconds: local time without a zone, ISO 8601 with or without an offset,
   * or an epoch of 10 or 13 digits as number or text. {@code null} when absent, unreadable, before
   * 1970 or after 9999.
   *
   * @param zone where local times are; others are turned into it
   */
  static @Nullable RecordTime time(@Nullable JsonNode node, ZoneId zone) {
    RecordTime time = timeOfAnyYear(text(node), zone);
    return time == null || time.local().getYear() < FIRST_YEAR || time.local().getYear() > LAST_YEAR
        ? null
        : time;
  }

  /** The same, of text and of any year. */
  static @Nullable RecordTime timeOfAnyYear(@Nullable String text, ZoneId zone) {
    if (text == null || text.length() > LONGEST_TIME) {
      return null;
    }
    try {
      return isEpoch(text) ? RecordTime.of(epoch(text), zone) : localOrIso(text, zone);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /**
   * Local time or ISO 8601.
   *
   * @throws DateTimeException when there is no such day, hour or offset
   */
  static @Nullable RecordTime localOrIso(String text, ZoneId zone) {
    if (text.length() == LOCAL_TIME_LENGTH && text.charAt(10) == ' ') {
      return RecordTime.of(LocalDateTime.parse(text, LOCAL_TIME));
    }
    Matcher iso = ISO_TIME.matcher(text);
    if (!iso.matches()) {
      return null;
    }
    LocalDateTime local = LocalDateTime.parse(iso.group(1) + ' ' + iso.group(2), LOCAL_TIME);
    String offset = iso.group(3);
    return offset == null
        ? RecordTime.of(local)
        : RecordTime.of(local.toInstant(ZoneOffset.of(offset.toUpperCase(Locale.ROOT))), zone);
  }

  private static boolean isEpoch(String text) {
    return (text.length() == SECONDS_DIGITS || text.length() == MILLIS_DIGITS)
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static Instant epoch(String digits) {
    long number = Long.parseLong(digits);
    return digits.length() == SECONDS_DIGITS
        ? Instant.ofEpochSecond(number)
        : Instant.ofEpochMilli(number);
  }

  private static @Nullable BigDecimal rounded(@Nullable BigDecimal number, int scale) {
    return number == null ? null : number.setScale(scale, RoundingMode.HALF_UP);
  }

  /** A whole number, without decimals; {@code null} for any other. */
  private static @Nullable BigDecimal whole(@Nullable JsonNode node) {
    BigDecimal number = number(node);
    return number == null || number.stripTrailingZeros().scale() > 0
        ? null
        : number.setScale(0, RoundingMode.UNNECESSARY);
  }

  private static @Nullable BigDecimal number(@Nullable JsonNode node) {
    return node != null && (node.isNumber() || node.isTextual())
        ? number(node.asText().strip())
        : null;
  }

  /** All that is computed with has at most so many digits before and behind the point. */
  private static @Nullable BigDecimal number(String text) {
    if (text.isEmpty() || text.length() > LONGEST_NUMBER) {
      return null;
    }
    char first = text.charAt(0);
    if (first != '-' && first != '+' && first != '.' && (first < '0' || first > '9')) {
      return null;
    }
    try {
      BigDecimal number = new BigDecimal(text);
      return number.precision() <= MOST_DIGITS && Math.abs((long) number.scale()) <= MOST_DIGITS
          ? number
          : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean fits(BigDecimal number, long least, long most) {
    return number.compareTo(BigDecimal.valueOf(least)) >= 0
        && number.compareTo(BigDecimal.valueOf(most)) <= 0;
  }
}
