package io.crossfade.reconciler.tables;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a value of one side is in the type of the other. */
final class CarriedValue {

  private CarriedValue() {}

  /**
   * The value as the target would show it, as far as that can be said without asking it.
   *
   * @param value as the side that is not the target has shown it
   */
  static byte @Nullable [] of(ColumnPair pair, Side target, byte @Nullable [] value) {
    if (value == null) {
      return null;
    }
    ColumnShape from = pair.of(target.other());
    ColumnShape to = pair.of(target);
    if (pair.form() instanceof ColumnRule.Zoned zones) {
      return bytes(zones.shown(text(value), target));
    }
    return switch (from.family()) {
      case BITS -> to.family() == Family.BITS ? value : bytes(new BigInteger(1, value).toString());
      case SET ->
          // Its number says what its text does not, while both have the same members.
          from.members().equals(to.members()) ? value : members(from, value);
      case UUID -> to.family() == Family.BINARY ? ofUuid(value) : value;
      case BINARY -> to.family() == Family.UUID ? uuid(value) : value;
      case INTEGER, DECIMAL, YEAR, FLOATING -> to.family() == Family.BITS ? bits(value) : value;
      case DATE, DATETIME, TIME, ENUM, TEXT, JSON, GEOMETRY, OTHER -> value;
    };
  }

  private static byte[] members(ColumnShape from, byte[] value) {
    String text = text(value);
    return from.members().contains("") ? bytes(text.substring(text.indexOf(':') + 1)) : value;
  }

  private static byte[] bits(byte[] digits) {
    try {
      return new BigInteger(text(digits)).toByteArray();
    } catch (NumberFormatException e) {
      return digits;
    }
  }

  private static byte[] ofUuid(byte[] value) {
    try {
      return HexFormat.of().parseHex(text(value).replace("-", ""));
    } catch (IllegalArgumentException e) {
      return value;
    }
  }

  private static byte[] uuid(byte[] value) {
    if (value.length != 2 * Long.BYTES) {
      return value;
    }
    ByteBuffer both = ByteBuffer.wrap(value);
    return bytes(new UUID(both.getLong(), both.getLong()).toString());
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
