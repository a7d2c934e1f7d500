package io.crossfade.reconciler.tables;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

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
        return number(left).subtract(number(right)).abs().compareTo(most) <= 0;
      } catch (NumberFormatException e) {
        return false;
      }
    }

    private static BigDecimal number(byte[] text) {
      return new BigDecimal(new String(text, StandardCharsets.US_ASCII));
    }
  }

  /** Local times of two zones as moments. */
  record Zoned(ZoneId left, ZoneId right) implements ValueForm.OfPairs {
    @Override
    public boolean same(byte[] one, byte[] other) {
      try {
        return moment(one, left).equals(moment(other, right));
      } catch (DateTimeException e) {
        return false;
      }
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

    private static LocalDateTime moment(byte[] value, ZoneId zone) {
      String text = new String(value, StandardCharsets.US_ASCII).replace(' ', 'T');
      return LocalDateTime.parse(text)
          .atZone(zone)
          .withZoneSameInstant(ZoneOffset.UTC)
          .toLocalDateTime();
    }
  }
}
