package io.crossfade.reconciler.tables;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;

/**
 * JSON by value: MySQL keeps it parsed, with the keys of an object in an order of its own and each
 * once, and MariaDB as the text that was written. Of a key that stands twice the last one counts.
 */
final class JsonForm implements ValueForm.OfPairs {

  static final JsonForm BY_VALUE = new JsonForm();

  private static final int DEEPEST = 10_000;

  /** From here on MySQL parses whole numbers as doubles. */
  private static final BigDecimal WHOLE_NUMBERS = BigDecimal.TWO.pow(64);

  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(DEEPEST)
                          .maxNumberLength(Integer.MAX_VALUE)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .setNodeFactory(JsonNodeFactory.withExactBigDecimals(true));

  private JsonForm() {}

  @Override
  public boolean same(byte[] left, byte[] right) {
    if (Arrays.equals(left, right)) {
      return true;
    }
    try {
      return same(JSON.readTree(left), JSON.readTree(right));
    } catch (JsonProcessingException e) {
      return false;
    } catch (IOException e) {
      throw new IllegalStateException("Bytes are always read", e);
    }
  }

  private static boolean same(JsonNode left, JsonNode right) {
    if (left.isNumber() && right.isNumber()) {
      return sameNumber(left, right);
    }
    if (left.getNodeType() != right.getNodeType() || left.size() != right.size()) {
      return false;
    }
    if (left.isArray()) {
      Iterator<JsonNode> others = right.elements();
      for (JsonNode one : left) {
        if (!same(one, others.next())) {
          return false;
        }
      }
      return true;
    }
    if (left.isObject()) {
      for (Map.Entry<String, JsonNode> one : left.properties()) {
        JsonNode other = right.get(one.getKey());
        if (other == null || !same(one.getValue(), other)) {
          return false;
        }
      }
      return true;
    }
    return left.equals(right);
  }

  /** Digits that a double does not keep are lost where MySQL has parsed one, and only there. */
  private static boolean sameNumber(JsonNode left, JsonNode right) {
    return left.decimalValue().compareTo(right.decimalValue()) == 0
        || (left.doubleValue() == right.doubleValue() && (isDouble(left) || isDouble(right)));
  }

  /** Whether it is how a double is written, and nothing that MySQL keeps as a whole number. */
  private static boolean isDouble(JsonNode number) {
    BigDecimal value = number.decimalValue();
    double nearest = number.doubleValue();
    return (number.isFloatingPointNumber() || value.abs().compareTo(WHOLE_NUMBERS) >= 0)
        && !Double.isInfinite(nearest)
        && new BigDecimal(Double.toString(nearest)).compareTo(value) == 0;
  }
}
