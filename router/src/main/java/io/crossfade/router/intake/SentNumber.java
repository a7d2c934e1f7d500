package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.node.NumericNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * A number as it was sent. Jackson's own nodes make {@code 1.2E+2} of {@code 120.0}, and fail on
 * {@code 1e99999999999}; whoever wants the value asks {@link Values}, which knows what it can hold.
 * The code of a kind, which knows Jackson alone, gets what Jackson's nodes give.
 */
final class SentNumber extends NumericNode {

  private static final long serialVersionUID = 1;

  private static final BigDecimal FIRST_INT = BigDecimal.valueOf(Integer.MIN_VALUE);
  private static final BigDecimal LAST_INT = BigDecimal.valueOf(Integer.MAX_VALUE);
  private static final BigDecimal FIRST_LONG = BigDecimal.valueOf(Long.MIN_VALUE);
  private static final BigDecimal LAST_LONG = BigDecimal.valueOf(Long.MAX_VALUE);

  /** Zeros behind a number that may be written out; {@code 1e999999999} would fill the heap. */
  private static final int MOST_ZEROS = 1000;

  /**
   * As many as Jackson itself would read: the time to compute with digits grows with their square.
   */
  private static final int MOST_DIGITS = StreamReadConstraints.DEFAULT_MAX_NUM_LEN;

  private final String text;

  SentNumber(String text) {
    this.text = text;
  }

  @Override
  public JsonToken asToken() {
    return isIntegralNumber() ? JsonToken.VALUE_NUMBER_INT : JsonToken.VALUE_NUMBER_FLOAT;
  }

  @Override
  public NumberType numberType() {
    if (!isIntegralNumber()) {
      return NumberType.BIG_DECIMAL;
    }
    if (canConvertToInt()) {
      return NumberType.INT;
    }
    return canConvertToLong() ? NumberType.LONG : NumberType.BIG_INTEGER;
  }

  /** Without a point and an exponent. */
  @Override
  public boolean isIntegralNumber() {
    for (int i = 0; i < text.length(); i++) {
      char one = text.charAt(i);
      if (one != '-' && (one < '0' || one > '9')) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean isFloatingPointNumber() {
    return !isIntegralNumber();
  }

  @Override
  public boolean isInt() {
    return numberType() == NumberType.INT;
  }

  @Override
  public boolean isLong() {
    return numberType() == NumberType.LONG;
  }

  @Override
  public boolean isBigInteger() {
    return numberType() == NumberType.BIG_INTEGER;
  }

  @Override
  public boolean isBigDecimal() {
    return numberType() == NumberType.BIG_DECIMAL;
  }

  @Override
  public Number numberValue() {
    return switch (numberType()) {
      case INT -> intValue();
      case LONG -> longValue();
      case BIG_INTEGER -> bigIntegerValue();
      case FLOAT, DOUBLE, BIG_DECIMAL -> decimalValue();
    };
  }

  @Override
  public int intValue() {
    return decimalValue().intValue();
  }

  @Override
  public long longValue() {
    return decimalValue().longValue();
  }

  @Override
  public float floatValue() {
    return Float.parseFloat(text);
  }

  @Override
  public double doubleValue() {
    return Double.parseDouble(text);
  }

  /**
   * @throws NumberFormatException when it has more digits than Jackson would read, or an exponent
   *     larger than any that can be computed with
   */
  @Override
  public BigDecimal decimalValue() {
    if (text.length() > MOST_DIGITS) {
      throw new NumberFormatException("A number of " + text.length() + " digits");
    }
    return new BigDecimal(text);
  }

  /**
   * @throws ArithmeticException when it has more digits than anybody means
   */
  @Override
  public BigInteger bigIntegerValue() {
    BigDecimal value = decimalValue();
    if (value.scale() < -MOST_ZEROS) {
      throw new ArithmeticException("Too large to be written out");
    }
    return value.toBigInteger();
  }

  @Override
  public boolean canConvertToInt() {
    return isWithin(FIRST_INT, LAST_INT);
  }

  @Override
  public boolean canConvertToLong() {
    return isWithin(FIRST_LONG, LAST_LONG);
  }

  @Override
  public boolean canConvertToExactIntegral() {
    return isIntegralNumber();
  }

  private boolean isWithin(BigDecimal first, BigDecimal last) {
    try {
      BigDecimal value = decimalValue();
      return value.compareTo(first) >= 0 && value.compareTo(last) <= 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  @Override
  public String asText() {
    return text;
  }

  @Override
  public void serialize(JsonGenerator out, SerializerProvider provider) throws IOException {
    out.writeNumber(text);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SentNumber number && number.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }
}
