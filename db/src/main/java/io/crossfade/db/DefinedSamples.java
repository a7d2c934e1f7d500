package io.crossfade.db;

import io.crossfade.db.kind.FieldSpec;
import io.crossfade.db.kind.KindSpec;
import io.crossfade.db.kind.RowsSpec;
import io.crossfade.db.kind.TypeSpec;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Records of a kind that a file defines, as they might come: of every field's type and bounds. */
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
    for (int i = 0; i < values.length; i++) {
      FieldSpec field = spec.fields().get(i);
      if (field.name().equals(spec.time())) {
        values[i] = time;
      } else if (spec.identity().contains(field.name())) {
        values[i] = key(field.type(), deviceSn, time);
      } else if (field.name().equals(spec.cohort())) {
        values[i] = key(field.type(), deviceSn, null);
      } else {
        values[i] = field.always() || random.nextInt(5) > 0 ? value(field.type()) : null;
      }
    }
    List<@Nullable Object> given = DefinedValues.list(values);
    Acceptance acceptance = samples.acceptance(kind.id(RecordTime.of(time), given));
    return kind.record(acceptance, time, given, rows());
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
                    ? key(field.type(), "row", LocalDateTime.of(2025, 1, 1, 0, 0).plusSeconds(i))
                    : field.always() || random.nextBoolean() ? value(field.type()) : null;
          }
          of.add(DefinedValues.list(values));
        }
        tables.add(of);
      }
    }
    return tables;
  }

  /** A value that is another for every device and time, as far as its type has so many. */
  private Object key(TypeSpec type, String deviceSn, @Nullable LocalDateTime time) {
    long second = time == null ? 0 : time.toEpochSecond(ZoneOffset.UTC);
    long number = Math.floorMod(deviceSn.hashCode(), 1_000_003L) + second % A_BILLION * 1_000_003L;
    return switch (type) {
      case TypeSpec.Text text -> {
        String whole = time == null ? deviceSn : deviceSn + "-" + second;
        yield whole.length() <= text.length()
            ? whole
            : Long.toString(number, Character.MAX_RADIX)
                .substring(0, Math.min(text.length(), Long.toString(number, 36).length()));
      }
      case TypeSpec.Int whole -> bounded(number, whole);
      case TypeSpec.Decimal decimal ->
          BigDecimal.valueOf(number % power(decimal.precision()), decimal.scale());
      case TypeSpec.Date date -> LocalDate.of(2025, 1, 1).plusDays(number % 10_000);
      case TypeSpec.Instant instant ->
          LocalDateTime.ofEpochSecond(A_BILLION + number % A_BILLION, 0, ZoneOffset.UTC);
      default -> value(type);
    };
  }

  private Object value(TypeSpec type) {
    return switch (type) {
      case TypeSpec.Text text -> letters(Math.min(text.length(), LETTERS));
      case TypeSpec.Int whole -> bounded(random.nextLong(1_000_000), whole);
      case TypeSpec.Decimal decimal -> decimal(decimal);
      case TypeSpec.Real real -> real(real);
      case TypeSpec.Bool bool -> random.nextBoolean();
      case TypeSpec.Instant instant ->
          LocalDateTime.of(2025, 9, 14, 8, 0).plusSeconds(random.nextInt(1_000_000));
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

  private static Long bounded(long number, TypeSpec.Int whole) {
    long least = whole.least() == null ? 0 : whole.least();
    long most = whole.most() == null ? Long.MAX_VALUE : whole.most();
    if (least <= number && number <= most) {
      return number;
    }
    long span = most - least;
    return span < 0 || span == Long.MAX_VALUE ? least : least + Math.floorMod(number, span + 1);
  }

  private BigDecimal decimal(TypeSpec.Decimal decimal) {
    BigDecimal value =
        BigDecimal.valueOf(random.nextLong(power(decimal.precision())), decimal.scale());
    return within(value, decimal.least(), decimal.most()).setScale(decimal.scale());
  }

  private Double real(TypeSpec.Real real) {
    return within(BigDecimal.valueOf(random.nextInt(100_000), 2), real.least(), real.most())
        .doubleValue();
  }

  private static BigDecimal within(
      BigDecimal value, @Nullable BigDecimal least, @Nullable BigDecimal most) {
    BigDecimal low = least == null ? value : value.max(least);
    return most == null ? low : low.min(most);
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
