package io.crossfade.reconciler.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.db.Kind;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.KindFigures;
import io.crossfade.reconciler.TableResult;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.verdict.ConfidenceSequence;
import io.crossfade.reconciler.verdict.Reason;
import java.math.BigDecimal;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A result for people and for programs. */
public final class ComparisonReport {

  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private static final String ROW = "%-8s %-26s %10s %8s %8s %8s %8s %8s %9s%n";

  private ComparisonReport() {}

  /**
   * A table for a terminal; at its end the verdict with its reasons, what agrees, what is explained
   * and what is lost side by side, and last {@code consistency 99.987 %}, over all kinds.
   */
  public static String text(ComparisonResult result) {
    StringBuilder text = new StringBuilder();
    text.append("accepted from %s to %s%n".formatted(result.window().from(), result.window().to()));
    text.append(
        ROW.formatted(
            "kind",
            "table",
            "matching",
            "late",
            "differ",
            "-stream",
            "-legacy",
            "repeated",
            "explained"));
    for (Kind kind : Kind.values()) {
      for (TableResult table : result.of(kind)) {
        text.append(
            ROW.formatted(
                kind.label(),
                table.table(),
                table.matching(),
                table.late(),
                table.count(DifferenceClass.FIELDS_DIFFER),
                table.count(DifferenceClass.MISSING_IN_STREAM),
                table.count(DifferenceClass.MISSING_IN_LEGACY),
                table.count(DifferenceClass.REPEATED),
                table.allExplained()));
        if (table.notMirrored() > 0) {
          text.append(
              "%35s %d more were written once only, by the flags%n"
                  .formatted("", table.notMirrored()));
        }
        if (table.count(DifferenceClass.UNREADABLE) > 0) {
          text.append(
              "%35s %d cannot be read%n".formatted("", table.count(DifferenceClass.UNREADABLE)));
        }
        table
            .explained()
            .forEach((why, count) -> text.append("%35s %d %s%n".formatted("", count, why)));
        if (!table.columns().isEmpty()) {
          text.append("%35s columns that differ: %s%n".formatted("", table.columns()));
        }
      }
    }
    for (Map.Entry<Kind, KindFigures> of : result.figures().entrySet()) {
      KindFigures figures = of.getValue();
      text.append(
          String.format(
              Locale.ROOT,
              "%-8s %-12s consistency %s, at least %.3f %% of %d (95 %%)%n",
              of.getKey().label(),
              result.verdict(of.getKey()),
              percent(result.consistency(of.getKey())),
              100
                  * ConfidenceSequence.lower(
                      figures.compared() - figures.unexplained(), figures.compared()),
              figures.compared()));
    }
    text.append("proof: %s%n".formatted(result.proof()));
    text.append(
        "verdict %s: run %d, target %s %%%n"
            .formatted(result.verdict(), result.id(), result.target()));
    for (Reason reason : Reason.telling(result.reasons())) {
      text.append("because %s%n".formatted(reason.words()));
    }
    text.append("%s%n".formatted(result.headline()));
    return text.append("consistency %s".formatted(percent(result.consistency()))).toString();
  }

  /** The same and the sampled differences, as one JSON object. */
  public static String json(ComparisonResult result) {
    ObjectNode root = figures(result);
    ObjectNode samples = root.putObject("samples");
    result
        .figures()
        .keySet()
        .forEach(
            kind ->
                result
                    .of(kind)
                    .forEach(
                        table -> samples.set(table.table(), JSON.valueToTree(table.samples()))));
    try {
      return JSON.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree is always written", e);
    }
  }

  /** The figures alone, without a row's values. */
  static ObjectNode figures(ComparisonResult result) {
    ObjectNode root = JSON.createObjectNode();
    root.put("id", result.id());
    root.put("origin", result.origin().name());
    root.put("from", result.window().from().toString());
    root.put("to", result.window().to().toString());
    root.put("startedAt", result.startedAt().toString());
    root.put("finishedAt", result.finishedAt().toString());
    root.put("verdict", result.verdict().name());
    root.put("settled", result.settled());
    root.put("proven", result.isProven());
    root.set("proof", JSON.valueToTree(result.proof()));
    root.put("targetPercent", result.target());
    root.set("consistencyPercent", JSON.valueToTree(result.consistency().orElse(null)));
    root.set("rawConsistencyPercent", JSON.valueToTree(result.rawConsistency().orElse(null)));
    root.set("reasons", JSON.valueToTree(result.reasons()));
    root.set("headline", JSON.valueToTree(result.headline()));
    root.put("mostExplainedPercent", result.mostExplained());
    ObjectNode kinds = root.putObject("kinds");
    for (Kind kind : result.figures().keySet()) {
      KindFigures figures = result.figures().get(kind);
      long good = figures.compared() - figures.unexplained();
      ObjectNode node = kinds.putObject(kind.label());
      node.put("verdict", result.verdict(kind).name());
      node.set("consistencyPercent", JSON.valueToTree(result.consistency(kind).orElse(null)));
      node.put(
          "consistencyAtLeastPercent", 100 * ConfidenceSequence.lower(good, figures.compared()));
      node.put("compared", result.compared(kind));
      node.put("unexplained", result.unexplained(kind));
      node.put("proven", figures.isProven());
      node.set("proof", JSON.valueToTree(figures.proof()));
      node.set("reasons", JSON.valueToTree(result.reasons(kind)));
      node.set("headline", JSON.valueToTree(result.headline(kind)));
      figures.legacyP95().ifPresent(millis -> node.put("legacyAcceptToRowP95Millis", millis));
      figures.streamP95().ifPresent(millis -> node.put("streamAcceptToRowP95Millis", millis));
      node.set("tables", JSON.valueToTree(result.of(kind)));
    }
    return root;
  }

  private static String percent(Optional<BigDecimal> consistency) {
    return consistency
        .map(value -> value.toPlainString() + " %")
        .orElse("unknown: nothing to compare");
  }
}
