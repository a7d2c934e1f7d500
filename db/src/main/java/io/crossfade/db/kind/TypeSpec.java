package io.crossfade.db.kind;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a field holds: the Java type of its values, and what of JSON is read as one. */
public sealed interface TypeSpec {

  /** Whether every server has days and times of a year. */
  static boolean isYear(int year) {
    return year >= 1000 && year <= 9999;
  }

  /**
   * A {@code String}: text without blanks around it, a number or a boolean as it was sent.
   *
   * @param length characters (code points) at most, 1 to 16,383
   */
  record Text(int length) implements TypeSpec {
    public static final int MOST = 16_383;
  }

  /** A {@code Long}: a whole number, as a number or as text. */
  record Int(@Nullable Long least, @Nullable Long most) implements TypeSpec {}

  /**
   * A {@code BigDecimal} of exactly this scale.
   *
   * @param precision digits at most, 1 to 18
   * @param scale how many of them are decimals
   */
  record Decimal(int precision, int scale, @Nullable BigDecimal least, @Nullable BigDecimal most)
      implements TypeSpec {
    public static final int MOST = 18;
  }

  /** A finite {@code Double}, never negative zero. */
  record Real(@Nullable BigDecimal least, @Nullable BigDecimal most) implements TypeSpec {}

  /** A {@code Boolean}: true, false, 1, 0, and these as text in any case. */
  record Bool() implements TypeSpec {}

  /**
   * A {@code LocalDateTime} of whole seconds, parts of one cut, years 1000 to 9999.
   *
   * @param zone where local times are; others are turned into it
   * @param formats those it may come in, tried in their order: {@link #ISO}, {@link #EPOCH}, {@link
   *     #EPOCH_MILLIS} or patterns of {@link java.time.format.DateTimeFormatter}; empty for {@code
   *     yyyy-MM-dd HH:mm:ss}, ISO 8601 with or without an offset, and epochs of 10 or 13 digits
   */
  record Instant(ZoneId zone, List<String> formats) implements TypeSpec {
    public static final String ISO = "iso";

    /** Seconds since 1970. */
    public static final String EPOCH = "epoch";

    /** Milliseconds since 1970. */
    public static final String EPOCH_MILLIS = "epoch-millis";

    static final List<String> NAMED = List.of(ISO, EPOCH, EPOCH_MILLIS);

    /** Whether a format has a name, and is no pattern. */
    public static boolean isNamed(String format) {
      return NAMED.contains(format);
    }

    public Instant {
      formats = List.copyOf(formats);
    }
  }

  /**
   * A {@code LocalDate}, years 1000 to 9999.
   *
   * @param formats patterns that it may come in; empty for {@code yyyy-MM-dd}
   */
  record Date(List<String> formats) implements TypeSpec {
    public Date {
      formats = List.copyOf(formats);
    }
  }

  /**
   * Any JSON as a compact {@code String}, its numbers as they were sent. Its column is text: a
   * database's own JSON would bend them.
   *
   * @param maxBytes in UTF-8, at most 1,000,000
   */
  record Json(int maxBytes) implements TypeSpec {
    public static final int MOST = 1_000_000;
  }

  /**
   * A {@code byte[]}, sent as text.
   *
   * @param length bytes at most, 1 to 16,383
   */
  record Bytes(int length, Encoding encoding) implements TypeSpec {
    public static final int MOST = 16_383;
  }

  /** How bytes are written in JSON. */
  enum Encoding {
    /** Either alphabet of RFC 4648, with or without padding. */
    BASE64,
    /** In either case. */
    HEX
  }

  /**
   * A {@code String}, one of a few.
   *
   * @param values what may be sent, as text or as a number, and what is stored for it
   * @param other what is stored for anything else that is sent; {@code null} when nothing else may
   */
  record Choice(Map<String, String> values, @Nullable String other) implements TypeSpec {

    public Choice {
      values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** Characters (code points) of the longest text that is stored. */
    public int length() {
      int longest = other == null ? 0 : other.codePointCount(0, other.length());
      for (String stored : values.values()) {
        longest = Math.max(longest, stored.codePointCount(0, stored.length()));
      }
      return longest;
    }
  }
}
