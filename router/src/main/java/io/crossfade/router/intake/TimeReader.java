package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.RecordTime;
import io.crossfade.db.kind.TimeFormats;
import io.crossfade.db.kind.TypeSpec;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads moments in the formats of a field. */
final class TimeReader {

  /** Characters of a time. */
  static final int LONGEST = 64;

  /** What one format makes of a text; {@code null} for what is none of it. */
  private interface Form {
    @Nullable RecordTime read(String text);
  }

  private final List<Form> forms;

  TimeReader(TypeSpec.Instant type) {
    ZoneId zone = type.zone();
    this.forms =
        type.formats().isEmpty()
            ? List.of(text -> Values.timeOfAnyYear(text, zone))
            : type.formats().stream().map(format -> form(format, zone)).toList();
  }

  /** A moment of which rows show the local time; {@code null} for what is none. */
  @Nullable RecordTime read(JsonNode node) {
    if (!node.isTextual() && !node.isNumber()) {
      return null;
    }
    String text = node.asText().strip();
    if (text.length() > LONGEST) {
      return null;
    }
    for (Form form : forms) {
      try {
        RecordTime time = form.read(text);
        if (time != null) {
          return TypeSpec.isYear(time.local().getYear()) ? time : null;
        }
      } catch (DateTimeException | ArithmeticException e) {
        // The next may fit.
      }
    }
    return null;
  }

  private static Form form(String format, ZoneId zone) {
    return switch (format) {
      case TypeSpec.Instant.ISO -> text -> Values.localOrIso(text, zone);
      case TypeSpec.Instant.EPOCH -> text -> epoch(text, 0, zone);
      case TypeSpec.Instant.EPOCH_MILLIS -> text -> epoch(text, 3, zone);
      default -> {
        DateTimeFormatter formatter = TimeFormats.of(format);
        yield text -> parsed(formatter.parse(text), zone);
      }
    };
  }

  /**
   * @param decimals how many digits of the number are parts of a second
   */
  private static @Nullable RecordTime epoch(String text, int decimals, ZoneId zone) {
    BigDecimal number = TypedReader.number(text);
    return number == null
        ? null
        : RecordTime.of(
            Instant.ofEpochSecond(
                number.movePointLeft(decimals).setScale(0, RoundingMode.FLOOR).longValueExact()),
            zone);
  }

  private static @Nullable RecordTime parsed(TemporalAccessor read, ZoneId zone) {
    if (read.isSupported(ChronoField.INSTANT_SECONDS)) {
      return RecordTime.of(Instant.ofEpochSecond(read.getLong(ChronoField.INSTANT_SECONDS)), zone);
    }
    LocalDate day = read.query(TemporalQueries.localDate());
    LocalTime time = read.query(TemporalQueries.localTime());
    return day == null || time == null
        ? null
        : RecordTime.of(LocalDateTime.of(day, time.truncatedTo(ChronoUnit.SECONDS)));
  }
}
