package io.crossfade.reconciler.nightly;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.reconciler.verdict.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills a template of JSON with what a night found. */
final class WebhookMessage {

  private static final Pattern NAME = Pattern.compile("\\{\\{(\\w+)}}");
  private static final ObjectMapper JSON = new ObjectMapper();

  private WebhookMessage() {}

  /** Values by the names that a template may use. */
  static Map<String, String> values(NightlyReport report, String link) {
    String consistency = report.consistency().map(value -> value + " %").orElse("unknown");
    Map<String, String> values = new LinkedHashMap<>();
    values.put("day", report.day().toString());
    values.put("verdict", report.verdict().name());
    values.put("consistency", consistency);
    values.put("compared", String.valueOf(report.compared()));
    String raw = report.raw().map(value -> value + " %").orElse("unknown");
    String reasons = report.reasons().stream().map(Reason::words).collect(joining("; "));
    values.put("unexplained", String.valueOf(report.unexplained()));
    values.put("raw", raw);
    values.put("explained", String.valueOf(report.explained()));
    values.put("lost", String.valueOf(report.lost()));
    values.put("inNoOutput", String.valueOf(report.inNoOutput()));
    values.put("urgentMissing", String.valueOf(report.urgentMissing()));
    values.put("droppedCopies", String.valueOf(report.droppedCopies()));
    values.put("reasons", reasons);
    values.put("run", String.valueOf(report.comparisonId()));
    values.put("report", link.isEmpty() ? "" : link + report.id());
    values.put(
        "text",
        ("Crossfade %s for %s%s: %s of %d rows agree, %d are explained, %d are not; %d records"
                + " lost, %d of them in no output; %d urgent records missing; %d copies dropped. %s")
            .formatted(
                report.verdict(),
                report.day(),
                reasons.isEmpty() ? "" : " because " + reasons,
                raw,
                report.compared(),
                report.explained(),
                report.unexplained(),
                report.lost(),
                report.inNoOutput(),
                report.urgentMissing(),
                report.droppedCopies(),
                link.isEmpty() ? "" : link + report.id())
            .strip());
    return values;
  }

  /** The template with the values in it, each escaped for a JSON string. */
  static String fill(String template, Map<String, String> values) {
    return NAME.matcher(template)
        .replaceAll(
            name ->
                Matcher.quoteReplacement(
                    String.valueOf(
                        JsonStringEncoder.getInstance()
                            .quoteAsString(values.getOrDefault(name.group(1), "")))));
  }

  /** Refuses a template that names what there is not, or that is no JSON when it is filled. */
  static void check(String template) {
    Map<String, String> known = values(NightlyReport.EXAMPLE, "");
    NAME.matcher(template)
        .results()
        .map(name -> name.group(1))
        .filter(name -> !known.containsKey(name))
        .findFirst()
        .ifPresent(
            name -> {
              throw new IllegalArgumentException(
                  "The webhook's template names {{%s}}; there are %s"
                      .formatted(name, known.keySet()));
            });
    try {
      JSON.readTree(fill(template, known));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "The webhook's template is no JSON: " + e.getOriginalMessage(), e);
    }
  }
}
