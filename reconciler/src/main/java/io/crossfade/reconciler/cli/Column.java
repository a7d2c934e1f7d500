package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * A column of an answer.
 *
 * @param name its head
 * @param value what it says of a row
 */
record Column(String name, Function<JsonNode, String> value) {

  /** Of the field of that name. */
  static Column of(String field) {
    return at(field, "/" + field);
  }

  /**
   * Of what stands deeper.
   *
   * @param pointer as RFC 6901 has them
   */
  static Column at(String name, String pointer) {
    return new Column(name, row -> said(row.at(pointer)));
  }

  String text(JsonNode row) {
    return value.apply(row);
  }

  /** A value as a cell: nothing for what is not there, lists with commas. */
  static String said(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "";
    }
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false)
          .map(Column::said)
          .collect(Collectors.joining(", "));
    }
    return value.isValueNode() ? value.asText() : value.toString();
  }
}
