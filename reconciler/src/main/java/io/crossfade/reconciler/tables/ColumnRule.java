package io.crossfade.reconciler.tables;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
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

  /** How values are compared by it. */
  default ValueForm form() {
    return switch (this) {
      case Scale scale ->
          ValueForms.text(
              value ->
                  new BigDecimal(value)
                      .setScale(scale.digits(), RoundingMode.HALF_UP)
                      .stripTrailingZeros()
                      .toPlainString());
      case Tolerance tolerance -> new Near(tolerance.most());
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

  /** Numbers that are as near as that. */
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

  /** Numbers within a distance; two that are near a third need not be near each other. */
  record Near(BigDecimal most) implements ValueForm.OfPairs {
    @Override
    public boolean same(byte[] left, byte[] right) {
      try {
        return Arrays.equals(left, right)
            || number(left).subtract(number(right)).abs().compareTo(most) <= 0;
      } catch (NumberFormatException e) {
        return false;
      }
    }

    /** A value that is near to none that this one is near to; empty when it is no number. */
    Optional<byte[]> far(byte[] value) {
      try {
        BigDecimal away = most.multiply(BigDecimal.TWO).add(BigDecimal.ONE);
        String text = number(value).add(away).toPlainString();
        return Optional.of(text.getBytes(StandardCharsets.US_ASCII));
      } catch (NumberFormatException e) {
        return Optional.empty();
      }
    }

    private static BigDecimal number(byte[] text) {
      return new BigDecimal(new String(text, StandardCharsets.US_ASCII));
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
      return moments.isEmpty() && others.isEmpty()
          ? Arrays.equals(one, other)
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
