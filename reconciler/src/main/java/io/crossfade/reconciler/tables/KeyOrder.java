package io.crossfade.reconciler.tables;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The order in which a server keeps the values of one column of a key. */
sealed interface KeyOrder {

  /** As {@link java.util.Comparator}, of values as they are shown. */
  int compare(byte[] left, byte[] right);

  /** Bytes: dates, moments with as many digits on both sides, and what is binary. */
  record Bytes() implements KeyOrder {
    @Override
    public int compare(byte[] left, byte[] right) {
      return Arrays.compareUnsigned(left, right);
    }
  }

  /** Whole numbers, and such with decimals. */
  record Numbers() implements KeyOrder {

    /** As many digits fit a long. */
    private static final int SHORT = 18;

    @Override
    public int compare(byte[] left, byte[] right) {
      if (left.length <= SHORT && right.length <= SHORT) {
        long one = whole(left);
        long other = whole(right);
        if (one != Long.MIN_VALUE && other != Long.MIN_VALUE) {
          return Long.compare(one, other);
        }
      }
      return decimal(left).compareTo(decimal(right));
    }

    /** {@link Long#MIN_VALUE} for what is no whole number. */
    private static long whole(byte[] digits) {
      int from = digits[0] == '-' ? 1 : 0;
      long value = 0;
      for (int i = from; i < digits.length; i++) {
        int digit = digits[i] - '0';
        if (digit < 0 || digit > 9) {
          return Long.MIN_VALUE;
        }
        value = value * 10 + digit;
      }
      return from == 1 ? -value : value;
    }

    private static BigDecimal decimal(byte[] text) {
      return new BigDecimal(new String(text, StandardCharsets.US_ASCII));
    }
  }

  /** Doubles; zero has no sign. */
  record Doubles() implements KeyOrder {
    @Override
    public int compare(byte[] left, byte[] right) {
      return Double.compare(value(left), value(right));
    }

    private static double value(byte[] text) {
      return Double.parseDouble(new String(text, StandardCharsets.US_ASCII)) + 0.0;
    }
  }

  /** Times, which may be negative and have two or three digits of hours. */
  record Times() implements KeyOrder {

    private static final int MICROS = 6;

    @Override
    public int compare(byte[] left, byte[] right) {
      return Long.compare(micros(left), micros(right));
    }

    private static long micros(byte[] text) {
      String time = new String(text, StandardCharsets.US_ASCII);
      boolean negative = time.startsWith("-");
      String[] parts = time.substring(negative ? 1 : 0).split("[:.]", -1);
      long seconds =
          Long.parseLong(parts[0]) * 3600
              + Long.parseLong(parts[1]) * 60
              + Long.parseLong(parts[2]);
      String fraction = parts.length > 3 ? parts[3] : "";
      long micros =
          seconds * 1_000_000 + Long.parseLong(fraction + "0".repeat(MICROS - fraction.length()));
      return negative ? -micros : micros;
    }
  }

  /** Members by their number; the error value has none and is first. */
  record Members(List<String> members) implements KeyOrder {
    @Override
    public int compare(byte[] left, byte[] right) {
      return Integer.compare(number(left), number(right));
    }

    int number(byte[] member) {
      String text = new String(member, StandardCharsets.UTF_8);
      return members.indexOf(text) + 1;
    }
  }

  /**
   * Texts by the weights that the server gives them, which it is asked for beside the text.
   *
   * @param space weights of a space, which a shorter text is filled up with; empty when it is not
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Weights(byte[] space) implements KeyOrder {

    @Override
    public int compare(byte[] left, byte[] right) {
      int common = Math.min(left.length, right.length);
      int difference = Arrays.compareUnsigned(left, 0, common, right, 0, common);
      if (difference != 0 || left.length == right.length) {
        return difference;
      }
      boolean leftIsLonger = left.length > right.length;
      int rest = space.length == 0 ? 1 : againstSpaces(leftIsLonger ? left : right, common);
      return leftIsLonger ? rest : -rest;
    }

    private int againstSpaces(byte[] longer, int from) {
      for (int i = from; i < longer.length; i++) {
        int difference =
            Byte.toUnsignedInt(longer[i]) - Byte.toUnsignedInt(space[(i - from) % space.length]);
        if (difference != 0) {
          return difference;
        }
      }
      return 0;
    }
  }
}
