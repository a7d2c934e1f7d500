package io.crossfade.reconciler;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import java.math.BigDecimal;
import java.util.Optional;

/** A result for people and for programs. */
public final class ComparisonReport {

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .addModule(new SimpleModule().addSerializer(RecordId.class, ToStringSerializer.instance))
          .build();

  private static final String ROW = "%-8s %-26s %10s %10s %10s %8s %8s %8s %9s%n";

  private ComparisonReport() {}

  /** A table for a terminal; its last line is {@code consistency 99.987 %}, over all kinds. */
  public static String text(ComparisonResult result) {
    StringBuilder text = new StringBuilder();
    text.append("accepted from %s to %s%n".formatted(result.window().from(), result.window().to()));
    text.append(
        ROW.formatted(
            "kind",
            "table",
            "legacy",
            "stream",
            "matching",
            "differ",
            "-stream",
            "-legacy",
            "explained"));
    for (Kind kind : Kind.values()) {
      for (TableResult table : result.of(kind)) {
        text.append(
            ROW.formatted(
                kind.label(),
                table.table(),
                table.legacyRows(),
                table.streamRows(),
                table.matching(),
                table.differing(),
                table.missingInStream(),
                table.missingInLegacy(),
                table.explained()));
      }
    }
    for (Kind kind : Kind.values()) {
      text.append(
          "%-8s consistency %s%n".formatted(kind.label(), percent(result.consistency(kind))));
    }
    return text.append("consistency %s".formatted(percent(result.consistency()))).toString();
  }

  /** The same and the sampled differences, as one JSON object. */
  public static String json(ComparisonResult result) {
    ObjectNode root = JSON.createObjectNode();
    root.put("from", result.window().from().toString());
    root.put("to", result.window().to().toString());
    root.set("consistencyPercent", JSON.valueToTree(result.consistency().orElse(null)));
    ObjectNode kinds = root.putObject("kinds");
    for (Kind kind : Kind.values()) {
      ObjectNode node = kinds.putObject(kind.label());
      node.set("consistencyPercent", JSON.valueToTree(result.consistency(kind).orElse(null)));
      node.put("compared", result.compared(kind));
      node.set("tables", JSON.valueToTree(result.of(kind)));
    }
    try {
      return JSON.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree is always written", e);
    }
  }

  private static String percent(Optional<BigDecimal> consistency) {
    return consistency
        .map(value -> value.toPlainString() + " %")
        .orElse("unknown: nothing to compare");
  }
}
