package io.crossfade.db.kind;

import io.crossfade.db.kind.TypeSpec.Bool;
import io.crossfade.db.kind.TypeSpec.Bytes;
import io.crossfade.db.kind.TypeSpec.Choice;
import io.crossfade.db.kind.TypeSpec.Date;
import io.crossfade.db.kind.TypeSpec.Decimal;
import io.crossfade.db.kind.TypeSpec.Instant;
import io.crossfade.db.kind.TypeSpec.Int;
import io.crossfade.db.kind.TypeSpec.Json;
import io.crossfade.db.kind.TypeSpec.Real;
import io.crossfade.db.kind.TypeSpec.Text;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A value that stands in the file itself: a default, or one that goes ahead. */
final class TypedValue {

  private TypedValue() {}

  /** A value of a type; {@code null} when it is none, which is noted. */
  static @Nullable Object read(YamlPart part, TypeSpec type) {
    return switch (type) {
      case Text text -> text(part, text);
      case Choice choice -> choice(part, choice);
      case Int whole -> whole(part, whole);
      case Decimal decimal -> decimal(part, decimal);
      case Real real -> real(part, real);
      case Bool bool -> part.isTrue();
      case Instant instant -> instant(part);
      case Date date -> date(part);
      case Json json -> none(part, "json");
      case Bytes bytes -> none(part, "bytes");
    };
  }

  private static @Nullable Object none(YamlPart part, String type) {
    part.keyMistake("is not for " + type);
    return null;
  }

  private static @Nullable String text(YamlPart part, Text type) {
    String text = part.textOrEmpty();
    if (text != null && text.codePointCount(0, text.length()) > type.length()) {
      part.mistake("is longer than %d characters".formatted(type.length()));
      return null;
    }
    return text;
  }

  private static @Nullable String choice(YamlPart part, Choice type) {
    String text = part.text();
    if (text == null || type.values().containsValue(text) || text.equals(type.other())) {
      return text;
    }
    part.mistake(
        "%s is none of what is stored: %s"
            .formatted(
                Mistakes.quote(text), Mistakes.some(type.values().values().stream().distinct())));
    return null;
  }

  private static @Nullable Long whole(YamlPart part, Int type) {
    BigDecimal number = part.number();
    if (number == null) {
      return null;
    }
    try {
      long whole = number.longValueExact();
      if ((type.least() == null || whole >= type.least())
          && (type.most() == null || whole <= type.most())) {
        return whole;
      }
      part.mistake("is not between min and max");
    } catch (ArithmeticException e) {
      part.mistake("should be a whole number of 64 bits");
    }
    return null;
  }

  private static @Nullable BigDecimal decimal(YamlPart part, Decimal type) {
    BigDecimal number = part.number();
    if (number == null) {
      return null;
    }
    try {
      BigDecimal exact = number.setScale(type.scale(), RoundingMode.UNNECESSARY);
      if (exact.precision() <= type.precision()) {
        return isWithin(part, exact, type.least(), type.most()) ? exact : null;
      }
    } catch (ArithmeticException e) {
      // Said below.
    }
    part.mistake("does not fit decimal(%d,%d)".formatted(type.precision(), type.scale()));
    return null;
  }

  private static @Nullable Double real(YamlPart part, Real type) {
    BigDecimal number = part.number();
    return number != null && isWithin(part, number, type.least(), type.most())
        ? (Double) number.doubleValue()
        : null;
  }

  private static boolean isWithin(
      YamlPart part, BigDecimal number, @Nullable BigDecimal least, @Nullable BigDecimal most) {
    if ((least != null && number.compareTo(least) < 0)
        || (most != null && number.compareTo(most) > 0)) {
      part.mistake("is not between min and max");
      return false;
    }
    return true;
  }

  private static @Nullable LocalDateTime instant(YamlPart part) {
    String text = part.text();
    if (text == null) {
      return null;
    }
    try {
      LocalDateTime time = LocalDateTime.parse(text.replace(' ', 'T'));
      if (time.equals(time.truncatedTo(ChronoUnit.SECONDS)) && TypeSpec.isYear(time.getYear())) {
        return time;
      }
    } catch (DateTimeException e) {
      // Said below.
    }
    part.mistake("should be a local time such as 2026-11-27 08:00:00");
    return null;
  }

  private static @Nullable LocalDate date(YamlPart part) {
    String text = part.text();
    if (text == null) {
      return null;
    }
    try {
      LocalDate day = LocalDate.parse(text);
      if (TypeSpec.isYear(day.getYear())) {
        return day;
      }
    } catch (DateTimeException e) {
      // Said below.
    }
    part.mistake("should be a day such as 2026-11-27");
    return null;
  }
}
