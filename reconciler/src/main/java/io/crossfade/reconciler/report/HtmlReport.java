package io.crossfade.reconciler.report;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.KindFigures;
import io.crossfade.reconciler.TableResult;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.verdict.ConfidenceSequence;
import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run as one page that needs nothing else: the answer, pictures, tables. It names devices and
 * columns, and holds no value that a device sent.
 */
public final class HtmlReport {

  /** A kind's line in the page. */
  public record KindLine(
      String kind,
      Verdict verdict,
      String consistency,
      String raw,
      String atLeast,
      long compared,
      String proof,
      boolean proven) {}

  private HtmlReport() {}

  /** Renders the page. */
  public static String of(ReportFacts facts) {
    ComparisonResult result = facts.result();
    DateTimeFormatter moment =
        DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(facts.zone());
    Map<String, Object> context = new HashMap<>();
    context.put("facts", facts);
    context.put("result", result);
    context.put("verdict", result.verdict());
    context.put("from", moment.format(result.window().from()));
    context.put("to", moment.format(result.window().to()));
    context.put("made", moment.format(result.finishedAt()));
    context.put("zone", facts.zone().getId());
    context.put(
        "compared", count(result.figures().keySet().stream().mapToLong(result::compared).sum()));
    context.put(
        "consistency", result.consistency().map(value -> value.toPlainString() + " %").orElse("–"));
    context.put("headline", result.headline());
    context.put(
        "urgent",
        result.figures().keySet().stream()
            .anyMatch(kind -> kind.definition().urgentRows().isPresent()));
    context.put("raw", result.rawConsistency().map(value -> value + " %").orElse("–"));
    context.put("reasons", Reason.telling(result.reasons()).stream().map(Reason::words).toList());
    context.put("kinds", kinds(result));
    context.put("tables", tables(result));
    context.put("proof", result.proof().toString());
    context.put("pictures", ReportPictures.of(facts));
    return Page.of("report", context);
  }

  /** A table's line in the page. */
  public record TableLine(
      String kind,
      TableResult result,
      long differ,
      long missingInStream,
      long missingInLegacy,
      long repeated) {}

  private static List<TableLine> tables(ComparisonResult result) {
    List<TableLine> lines = new ArrayList<>();
    for (Kind kind : result.figures().keySet()) {
      for (TableResult table : result.of(kind)) {
        lines.add(
            new TableLine(
                kind.label(),
                table,
                table.count(DifferenceClass.FIELDS_DIFFER),
                table.count(DifferenceClass.MISSING_IN_STREAM),
                table.count(DifferenceClass.MISSING_IN_LEGACY),
                table.count(DifferenceClass.REPEATED)));
      }
    }
    return lines;
  }

  private static List<KindLine> kinds(ComparisonResult result) {
    List<KindLine> lines = new ArrayList<>();
    result
        .figures()
        .forEach(
            (kind, figures) ->
                lines.add(
                    new KindLine(
                        kind.label(),
                        result.verdict(kind),
                        result.consistency(kind).map(value -> value + " %").orElse("–"),
                        raw(figures),
                        atLeast(figures),
                        figures.compared(),
                        figures.proof().toString(),
                        figures.isProven())));
    return lines;
  }

  private static String raw(KindFigures figures) {
    return figures.compared() == 0
        ? "–"
        : String.format(Locale.ROOT, "%.3f %%", 100.0 * figures.matching() / figures.compared());
  }

  private static String atLeast(KindFigures figures) {
    return figures.compared() == 0
        ? "–"
        : String.format(
            Locale.ROOT,
            "%.3f %%",
            100
                * ConfidenceSequence.lower(
                    figures.compared() - figures.unexplained(), figures.compared()));
  }

  private static String count(long rows) {
    return String.format(Locale.ROOT, "%,d", rows);
  }
}
