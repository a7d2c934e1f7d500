package io.crossfade.reconciler.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The same as {@link HtmlReport} for programs. Holds no value that a device sent. */
public final class JsonReport {

  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonReport() {}

  /** One JSON object. */
  public static String of(ReportFacts facts) {
    try {
      ObjectNode root = ComparisonReport.figures(facts.result());
      root.put("zone", facts.zone().getId());
      root.set("advice", JSON.valueToTree(facts.advice()));
      root.set("accounting", JSON.valueToTree(facts.balances()));
      root.set("differences", JSON.valueToTree(facts.differences()));
      root.set("worstDevices", JSON.valueToTree(facts.worst()));
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree is always written", e);
    }
  }
}
