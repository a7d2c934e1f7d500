package io.crossfade.db;

import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.KindSpec;
import io.crossfade.db.kind.RowsSpec;
import io.crossfade.db.kind.TimeFormats;
import io.crossfade.db.kind.TypeSpec;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Records of a kind that a file defines, as they might come: of every field's type and bounds, and
 * no value that its unit or its format could not bring.
 */
final class DefinedSamples {

  private static final int MOST_ROWS = 3;
  private static final int LETTERS = 12;
  private static final long A_BILLION = 1_000_000_000L;

  private final DefinedKind kind;
  private final KindSpec spec;
  private final SampleRecords samples;
  private final Random random;

  DefinedSamples(DefinedKind kind, SampleRecords samples) {
    this.kind = kind;
    this.spec = kind.spec();
    this.samples = samples;
    this.random = samples.random();
  }

  /** Records of two devices, or of two times, are two records. */
  DefinedRecord record(String deviceSn, LocalDateTime time) {
    @Nullable Object[] values = new Object[spec.fields().size()];
    LocalDateTime own = time;
    for (int i = 0; i < values.length; i++) {
      FieldSpec field = spec.fields().get(i);
      if (field.name().equals(spec.time()) && field.type() instanceof TypeSpec.Instant type) {
        own = moment(type, time);
        values[i] = own;
      } else if (spec.identity().contains(field.name())) {
        values[i] = key(field, deviceSn, time);
      } else if (field.name().equals(spec.cohort())) {
        values[i] = key(field, deviceSn, null);
      } else {
        values[i] = field.always() || random.nextInt(5) > 0 ? value(field) : null;
      }
    }
    List<@Nullable Object> given = DefinedRecord.values(values);
    Acceptance acceptance = samples.acceptance(kind.id(RecordTime.of(own), given));
    return kind.record(acceptance, own, given, rows());
  }

  private List<List<List<@Nullable Object>>> rows() {
    List<List<List<@Nullable Object>>> tables = new ArrayList<>();
    for (DefinedTable table : kind.definedTables()) {
      RowsSpec rows = table.spec().rows();
      if (rows != null) {
        List<List<@Nullable Object>> of = new ArrayList<>();
        for (int i = random.nextInt(MOST_ROWS + 1); i > 0; i--) {
          @Nullable Object[] values = new Object[rows.fields().size()];
          for (int j = 0; j < values.length; j++) {
            FieldSpec field = rows.fields().get(j);
            values[j] =
                rows.key().contains(field.name())
                    ? key(field, "row", LocalDateTime.of(2025, 1, 1, 0, 0).plusSeconds(i))
                    : field.always() || random.nextBoolean() ? value(field) : null;
          }
          of.add(DefinedRecord.values(values));
        }
        tables.add(of);
      }
    }
    return tables;
  }

  /** A value that is another for every device and time, as far as its type has so many. */
  private Object key(FieldSpec field, String deviceSn, @Nullable LocalDateTime time) {
    long second = time == null ? 0 : time.toEpochSecond(ZoneOffset.UTC);
    long number = Math.floorMod(deviceSn.hashCode(), 1_000_003L) + second % A_BILLION * 1_000_003L;
    return switch (field.type()) {
      case TypeSpec.Text text -> {
        String whole = time == null ? deviceSn : deviceSn + "-" + second;
        String digits = Long.toString(number, Character.MAX_RADIX);
        yield whole.length() <= text.length()
            ? whole
            : digits.substring(Math.max(0, digits.length() - text.length()));
      }
      case TypeSpec.Int whole -> whole(stepped(number, field), field, whole);
      case TypeSpec.Decimal decimal ->
          decimal(stepped(number, field) % power(decimal.precision()), field, decimal);
      case TypeSpec.Date date -> LocalDate.of(2025, 1, 1).plusDays(number % 10_000);
      case TypeSpec.Instant instant ->
          moment(
              instant,
              LocalDateTime.ofEpochSecond(A_BILLION + number % A_BILLION, 0, ZoneOffset.UTC));
      default -> value(field);
    };
  }

  private Object value(FieldSpec field) {
    return switch (field.type()) {
      case TypeSpec.Text text -> letters(Math.min(text.length(), LETTERS));
      case TypeSpec.Int whole -> whole(random.nextLong(1_000_000), field, whole);
      case TypeSpec.Decimal decimal ->
          decimal(random.nextLong(power(decimal.precision())), field, decimal);
      case TypeSpec.Real real -> real(real);
      case TypeSpec.Bool bool -> random.nextBoolean();
      case TypeSpec.Instant instant ->
          moment(
              instant, LocalDateTime.of(2025, 9, 14, 8, 0).plusSeconds(random.nextInt(1_000_000)));
      case TypeSpec.Date date -> LocalDate.of(2025, 9, 14).plusDays(random.nextInt(1_000));
      case TypeSpec.Json json ->
          json.maxBytes() < 40 ? "1" : "{\"n\":" + random.nextInt(100) + ",\"s\":\"è\"}";
      case TypeSpec.Bytes bytes -> {
        byte[] some = new byte[Math.min(bytes.length(), LETTERS)];
        random.nextBytes(some);
        yield some;
      }
      case TypeSpec.Choice choice -> {
        List<String> stored = List.copyOf(choice.values().values());
        yield stored.get(random.nextInt(stored.size()));
      }
    };
  }

  /** What a field's first format says of a moment: it may leave out the seconds. */
  private static LocalDateTime moment(TypeSpec.Instant type, LocalDateTime time) {
    ZonedDateTime there = time.atZone(type.zone());
    String format = type.formats().isEmpty() ? TypeSpec.Instant.ISO : type.formats().getFirst();
    if (TypeSpec.Instant.isNamed(format)) {
      return there.toLocalDateTime();
    }
    DateTimeFormatter formatter = TimeFormats.of(format);
    TemporalAccessor said = formatter.parse(formatter.format(there));
    LocalTime clock = Objects.requireNonNull(said.query(TemporalQueries.localTime()), format);
    return there.toLocalDate().atTime(clock.truncatedTo(ChronoUnit.SECONDS));
  }

  private static Long whole(long number, FieldSpec field, TypeSpec.Int whole) {
    long bounded = bounded(number, whole);
    BigDecimal least = whole.least() == null ? null : BigDecimal.valueOf(whole.least());
    return reachable(BigDecimal.valueOf(bounded), field, least).longValueExact();
  }

  private static BigDecimal decimal(long units, FieldSpec field, TypeSpec.Decimal decimal) {
    BigDecimal value = BigDecimal.valueOf(units, decimal.scale());
    BigDecimal least = decimal.least();
    BigDecimal most = decimal.most();
    if (least != null && value.compareTo(least) < 0) {
      value = least.setScale(decimal.scale(), RoundingMode.CEILING);
    } else if (most != null && value.compareTo(most) > 0) {
      value = most.setScale(decimal.scale(), RoundingMode.FLOOR);
    }
    return reachable(value, field, least);
  }

  /** The next value below that some number in the sender's unit becomes. */
  private static BigDecimal reachable(
      BigDecimal value, FieldSpec field, @Nullable BigDecimal least) {
    BigInteger step = step(field);
    BigInteger units = value.unscaledValue();
    BigDecimal below = new BigDecimal(units.subtract(units.mod(step)), value.scale());
    return least != null && below.compareTo(least) < 0
        ? below.add(new BigDecimal(step, value.scale()))
        : below;
  }

  /**
   * Units of the last decimal from one value to the next: a sender's number may have any number of
   * decimals, so twos and fives in its factor cost nothing, and a rounded one takes all.
   */
  private static BigInteger step(FieldSpec field) {
    BigDecimal times = field.times();
    if (times == null || field.rounded()) {
      return BigInteger.ONE;
    }
    BigInteger step = times.unscaledValue().abs();
    for (BigInteger prime : List.of(BigInteger.TWO, BigInteger.valueOf(5))) {
      while (step.mod(prime).signum() == 0) {
        step = step.divide(prime);
      }
    }
    return step;
  }

  /** A number that {@link #reachable} does not make another's. */
  private static long stepped(long number, FieldSpec field) {
    BigInteger step = step(field);
    return BigInteger.valueOf(number)
        .multiply(step)
        .mod(BigInteger.valueOf(Long.MAX_VALUE).divide(step).multiply(step))
        .longValueExact();
  }

  private static long bounded(long number, TypeSpec.Int whole) {
    long most = whole.most() == null ? Long.MAX_VALUE : whole.most();
    long least = whole.least() == null ? Math.min(0, most) : whole.least();
    if (least <= number && number <= most) {
      return number;
    }
    long span = most - least;
    return span < 0 || span == Long.MAX_VALUE ? least : least + Math.floorMod(number, span + 1);
  }

  private Double real(TypeSpec.Real real) {
    BigDecimal value = BigDecimal.valueOf(random.nextInt(100_000), 2);
    BigDecimal low = real.least() == null ? value : value.max(real.least());
    return (real.most() == null ? low : low.min(real.most())).doubleValue();
  }

  private String letters(int length) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.append("abcdefghij é手".charAt(random.nextInt(13)));
    }
    return text.toString().strip().isEmpty() ? "x" : text.toString().strip();
  }

  private static long power(int digits) {
    long power = 1;
    for (int i = 0; i < digits; i++) {
      power *= 10;
    }
    return power;
  }
}
