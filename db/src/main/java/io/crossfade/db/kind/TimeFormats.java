package io.crossfade.db.kind;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;

/** Patterns that times and dates may come in. */
public final class TimeFormats {

  private static final int LONGEST = 64;

  /** Formatted and read back, it shows what a pattern leaves out. */
  private static final ZonedDateTime SAMPLE =
      ZonedDateTime.of(2026, 11, 27, 13, 45, 0, 0, ZoneOffset.UTC);

  private TimeFormats() {}

  /**
   * A strict formatter with English names; {@code yyyy} is the year as {@code uuuu} is.
   *
   * @throws IllegalArgumentException when it is no pattern; the message says what is wrong
   */
  public static DateTimeFormatter of(String pattern) {
    if (pattern.length() > LONGEST) {
      throw new IllegalArgumentException("is longer than %d characters".formatted(LONGEST));
    }
    if (pattern.contains("'Z'")) {
      throw new IllegalArgumentException(
          "has 'Z' in quotes, which is a letter and no offset; write X without quotes");
    }
    DateTimeFormatterBuilder builder = new DateTimeFormatterBuilder().parseCaseInsensitive();
    try {
      builder.appendPattern(pattern);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "is no pattern of times (%s); write one such as dd.MM.yyyy HH:mm"
              .formatted(e.getMessage()),
          e);
    }
    if (pattern.indexOf('G') < 0) {
      builder.parseDefaulting(ChronoField.ERA, 1);
    }
    return builder.toFormatter(Locale.ENGLISH).withResolverStyle(ResolverStyle.STRICT);
  }

  /** The same, which must give a day and at least the hour. */
  static DateTimeFormatter ofInstant(String pattern) {
    DateTimeFormatter formatter = of(pattern);
    TemporalAccessor read = sample(formatter);
    LocalTime time = read.query(TemporalQueries.localTime());
    if (!SAMPLE.toLocalDate().equals(read.query(TemporalQueries.localDate()))) {
      throw new IllegalArgumentException("gives no day; write a year, a month and a day");
    }
    if (time == null || time.getHour() != SAMPLE.getHour()) {
      throw new IllegalArgumentException(
          "gives no hour; write HH, or hh with a; or make the field a date");
    }
    return formatter;
  }

  /** The same, which must give a day. */
  static DateTimeFormatter ofDate(String pattern) {
    DateTimeFormatter formatter = of(pattern);
    TemporalAccessor read = sample(formatter);
    LocalDate day = read.query(TemporalQueries.localDate());
    if (!SAMPLE.toLocalDate().equals(day)) {
      throw new IllegalArgumentException("gives no day; write a year, a month and a day");
    }
    return formatter;
  }

  private static TemporalAccessor sample(DateTimeFormatter formatter) {
    try {
      return formatter.parse(formatter.format(SAMPLE));
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "cannot be read back (%s); write one such as dd.MM.yyyy HH:mm".formatted(e.getMessage()),
          e);
    }
  }
}
