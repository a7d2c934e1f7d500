package io.crossfade.reconciler.tables;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/** How values of two families are compared when nobody has written a rule. */
final class ValueForms {

  private static final int UUID_BYTES = 16;

  /** Numbers of any scale. */
  static final ValueForm NUMBER =
      text(value -> new BigDecimal(value).stripTrailingZeros().toPlainString());

  /** Zero has no sign, as in SQL. */
  static final ValueForm DOUBLE = text(value -> Double.toString(Double.parseDouble(value) + 0.0));

  /** Bits, however many the column has. */
  static final ValueForm BITS =
      value -> {
        int from = 0;
        while (from < value.length - 1 && value[from] == 0) {
          from++;
        }
        return Arrays.copyOfRange(value, from, value.length);
      };

  /** Times with fewer or more digits of a second. */
  static final ValueForm MOMENT =
      text(value -> value.contains(".") ? value.replaceFirst("\\.?0+$", "") : value);

  /** Members in any order of their definition. */
  static final ValueForm MEMBERS =
      text(value -> String.join(",", new TreeSet<>(Arrays.asList(value.split(",", -1)))));

  /** Of types that are never equal. */
  static final ValueForm NEVER = new Never();

  private static final ValueForm UUID_TEXT = text(value -> value.toLowerCase(Locale.ROOT));

  private ValueForms() {}

  /** A form of the text; what cannot be parsed stays as it is. */
  static ValueForm text(UnaryOperator<String> form) {
    return value -> {
      try {
        return form.apply(new String(value, StandardCharsets.UTF_8))
            .getBytes(StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        return value;
      }
    };
  }

  /** How two columns are compared by their types; empty when they cannot be. */
  static Optional<ValueForm> of(ColumnShape left, ColumnShape right) {
    Family one = left.family();
    Family other = right.family();
    if (one == other) {
      return Optional.of(sameFamily(one));
    }
    if (one.isNumber() && other.isNumber()) {
      return Optional.of(NUMBER);
    }
    if (either(left, right, Family.JSON, Family.TEXT)) {
      return Optional.of(JsonForm.BY_VALUE);
    }
    if (either(left, right, Family.BITS, Family.INTEGER)) {
      boolean leftBits = one == Family.BITS;
      return Optional.of(new BitsAndNumber(leftBits));
    }
    if (either(left, right, Family.UUID, Family.TEXT)) {
      return Optional.of(UUID_TEXT);
    }
    if (either(left, right, Family.UUID, Family.BINARY)) {
      return Optional.of(ValueForms::uuid);
    }
    if (either(left, right, Family.DATE, Family.DATETIME)) {
      return Optional.of(
          text(
              value ->
                  new String(MOMENT.of(bytes(value)), StandardCharsets.UTF_8) + midnight(value)));
    }
    return either(left, right, Family.ENUM, Family.TEXT)
            || either(left, right, Family.BINARY, Family.TEXT)
            || either(left, right, Family.OTHER, Family.TEXT)
        ? Optional.of(ValueForm.BYTES)
        : either(left, right, Family.SET, Family.TEXT) ? Optional.of(MEMBERS) : Optional.empty();
  }

  private static ValueForm sameFamily(Family family) {
    return switch (family) {
      case INTEGER, YEAR, DATE, TEXT, BINARY, GEOMETRY, UUID, OTHER, ENUM -> ValueForm.BYTES;
      case DECIMAL -> NUMBER;
      case FLOATING -> DOUBLE;
      case BITS -> BITS;
      case DATETIME, TIME -> MOMENT;
      case SET -> MEMBERS;
      case JSON -> JsonForm.BY_VALUE;
    };
  }

  private static String midnight(String value) {
    return value.length() <= "2000-01-01".length() ? " 00:00:00" : "";
  }

  private static boolean either(ColumnShape left, ColumnShape right, Family one, Family other) {
    return (left.family() == one && right.family() == other)
        || (left.family() == other && right.family() == one);
  }

  private static byte[] uuid(byte[] value) {
    return value.length == UUID_BYTES
        ? value
        : bytesOfHex(new String(value, StandardCharsets.US_ASCII).replace("-", ""), value);
  }

  private static byte[] bytesOfHex(String hex, byte[] otherwise) {
    try {
      return java.util.HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException e) {
      return otherwise;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** A BIT against a number: one comes as bytes, the other as digits. */
  private record BitsAndNumber(boolean leftBits) implements ValueForm.OfPairs {

    /** The byte of '1' is the number 49. */
    @Override
    public boolean bytesSuffice() {
      return false;
    }

    @Override
    public boolean same(byte[] left, byte[] right) {
      byte[] bits = leftBits ? left : right;
      byte[] number = leftBits ? right : left;
      return new BigInteger(1, bits)
          .toString()
          .equals(new String(number, StandardCharsets.US_ASCII));
    }
  }

  private record Never() implements ValueForm.OfPairs {

    @Override
    public boolean bytesSuffice() {
      return false;
    }

    @Override
    public boolean same(byte[] left, byte[] right) {
      return false;
    }
  }
}
