package io.crossfade.reconciler.tables;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How somebody wants a column compared. */
public sealed interface ColumnRule {

  /** For people, as it is written in a file. */
  String words();

  /** Whether it means anything for values of a family. */
  default boolean fits(Family family) {
    return switch (this) {
      case Scale scale -> family.isNumber() || family == Family.TEXT;
      case Tolerance tolerance ->
          family.isNumber() || family == Family.TEXT || family == Family.DATETIME;
      case Json json -> family == Family.JSON || family == Family.TEXT || family == Family.BINARY;
      case Text text ->
          switch (family) {
            case TEXT, ENUM, SET, UUID, OTHER -> true;
            default -> false;
          };
      case TimeZone zone -> family == Family.DATETIME || family == Family.TEXT;
    };
  }

  /** What it is for, for people. */
  default String fitting() {
    return switch (this) {
      case Scale scale -> "numbers, and texts that are numbers";
      case Tolerance tolerance -> "numbers, and seconds of a DATETIME or TIMESTAMP";
      case Json json -> "JSON, and texts or bytes that are JSON";
      case Text text -> "texts";
      case TimeZone zone -> "DATETIME and TIMESTAMP";
    };
  }

  /** How values of two columns that it fits are compared by it. */
  default ValueForm form(ColumnShape left, ColumnShape right) {
    return switch (this) {
      case Scale scale ->
          ValueForms.text(
              value ->
                  new BigDecimal(value)
                      .setScale(scale.digits(), RoundingMode.HALF_UP)
                      .stripTrailingZeros()
                      .toPlainString());
      case Tolerance tolerance ->
          new Near(
              tolerance.most(),
              left.family() == Family.DATETIME || right.family() == Family.DATETIME);
      case Json json -> JsonForm.BY_VALUE;
      case Text text -> ValueForms.text(text::form);
      case TimeZone zone -> new Zoned(zone.left(), zone.right());
    };
  }

  /** Rounded to so many decimals, half up. */
  record Scale(int digits) implements ColumnRule {
    @Override
    public String words() {
      return "scale " + digits;
    }
  }

  /** Numbers that are as near as that; of moments, seconds. */
  record Tolerance(BigDecimal most) implements ColumnRule {
    @Override
    public String words() {
      return "tolerance " + most.toPlainString();
    }
  }

  /** Text that is JSON, by value. */
  record Json() implements ColumnRule {
    @Override
    public String words() {
      return "json";
    }
  }

  /**
   * Texts.
   *
   * @param trimmed without white space at both ends
   * @param anyCase upper and lower case alike
   */
  record Text(boolean trimmed, boolean anyCase) implements ColumnRule {
    @Override
    public String words() {
      return trimmed && anyCase ? "trimmed, any case" : trimmed ? "trimmed" : "any case";
    }

    private String form(String text) {
      String cut = trimmed ? text.strip() : text;
      return anyCase ? cut.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT) : cut;
    }
  }

  /** Moments that each side keeps as the time of a zone of its own. */
  record TimeZone(ZoneId left, ZoneId right) implements ColumnRule {
    @Override
    public String words() {
      return "zone " + left + " " + right;
    }
  }

  /**
   * Numbers within a distance; two that are near a third need not be near each other.
   *
   * @param moments whether they are seconds between moments
   */
  record Near(BigDecimal most, boolean moments) implements ValueForm.OfPairs {

    private static final LocalDateTime EPOCH = LocalDateTime.of(1970, 1, 1, 0, 0);

    @Override
    public boolean same(byte[] left, byte[] right) {
      try {
        return Arrays.equals(left, right)
            || number(left).subtract(number(right)).abs().compareTo(most) <= 0;
      } catch (NumberFormatException e) {
        return false;
      } catch (DateTimeException e) {
        return ValueForms.MOMENT.same(left, right);
      }
    }

    /** A value that is near to none that this one is near to; empty where there is none. */
    Optional<byte[]> far(byte[] value) {
      if (moments) {
        return Optional.empty();
      }
      try {
        BigDecimal away = most.multiply(BigDecimal.TWO).add(BigDecimal.ONE);
        String text = number(value).add(away).toPlainString();
        return Optional.of(text.getBytes(StandardCharsets.US_ASCII));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    private BigDecimal number(byte[] value) {
      String text = new String(value, StandardCharsets.US_ASCII);
      if (!moments) {
        return new BigDecimal(text);
      }
      Duration since = Duration.between(EPOCH, LocalDateTime.parse(text.replace(' ', 'T')));
      return BigDecimal.valueOf(since.getSeconds()).add(BigDecimal.valueOf(since.getNano(), 9));
    }
  }

  /**
   * Local times of two zones as moments. One that a zone has twice, when its clocks are put back,
   * may be either of the two.
   */
  record Zoned(ZoneId left, ZoneId right) implements ValueForm.OfPairs {

    /** The same digits are two moments where the zones differ. */
    @Override
    public boolean bytesSuffice() {
      return false;
    }

    @Override
    public boolean same(byte[] one, byte[] other) {
      Set<Instant> moments = moments(one, left);
      Set<Instant> others = moments(other, right);
      // What is no moment, as zero dates are, is in no zone.
      return (moments.isEmpty() && others.isEmpty())
          ? ValueForms.MOMENT.same(one, other)
          : !Collections.disjoint(moments, others);
    }

    /** A value of one side as the other shows it; unchanged where it is no moment. */
    String shown(String value, Side target) {
      try {
        LocalDateTime there =
            LocalDateTime.parse(value.replace(' ', 'T'))
                .atZone(target == Side.RIGHT ? left : right)
                .withZoneSameInstant(target == Side.RIGHT ? right : left)
                .toLocalDateTime();
        int point = value.indexOf('.');
        return DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").format(there)
            + (point < 0 ? "" : value.substring(point));
      } catch (DateTimeException e) {
        return value;
      }
    }

    private static Set<Instant> moments(byte[] value, ZoneId zone) {
      LocalDateTime local;
      try {
        String text = new String(value, StandardCharsets.US_ASCII);
        local = LocalDateTime.parse(text.replace(' ', 'T'));
      } catch (DateTimeException e) {
        return Set.of();
      }
      List<ZoneOffset> offsets = zone.getRules().getValidOffsets(local);
      return offsets.isEmpty()
          ? Set.of(local.atZone(zone).toInstant())
          : offsets.stream().map(local::toInstant).collect(Collectors.toUnmodifiableSet());
    }
  }
}
