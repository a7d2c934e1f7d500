package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.report.Page;
import io.crossfade.reconciler.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One page that needs nothing else: the answer, the tables, their first differences. */
final class HtmlDiffReport implements DiffReport {

  /** Of each table. */
  private static final int SHOWN = 200;

  /** A table in the page. */
  public record Table(
      Verdict verdict,
      TableOutcome outcome,
      String words,
      List<String> figures,
      List<Line> lines,
      long more) {}

  /** A difference in the page. */
  public record Line(String key, String words, List<TableDiff.Told.Value> columns) {}

  private final PrintWriter out;
  private final List<Table> tables = new ArrayList<>();

  HtmlDiffReport(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void add(TableDiff diff, TableOutcome outcome, @Nullable RepairOutcome repair)
      throws IOException {
    List<Line> lines = new ArrayList<>();
    diff.forEachDifference(
        one -> {
          if (lines.size() < SHOWN) {
            lines.add(new Line(one.key(), TextDiffReport.words(one.sort()), one.columns()));
          }
        });
    List<String> figures = new ArrayList<>();
    figures.add(rows(outcome.leftRows()) + " rows left");
    figures.add(rows(outcome.rightRows()) + " right");
    figures.add(rows(outcome.same()) + " the same");
    outcome
        .differences()
        .forEach((sort, rows) -> figures.add(rows(rows) + " " + TextDiffReport.words(sort)));
    if (outcome.late() > 0) {
      figures.add(rows(outcome.late()) + " became the same while they were looked at");
    }
    if (outcome.young() > 0) {
      figures.add(rows(outcome.young()) + " not judged: written later than they settle");
    }
    if (repair != null) {
      figures.addAll(repair.words());
    }
    tables.add(
        new Table(
            repair == null ? outcome.verdict() : repair.verdict(outcome),
            outcome,
            DiffReport.words(repair == null ? outcome.verdict() : repair.verdict(outcome)),
            figures,
            lines,
            outcome.differing() - lines.size()));
  }

  private static String rows(long rows) {
    return String.format(Locale.ROOT, "%,d", rows);
  }

  @Override
  public void end() {
    Verdict verdict = Verdict.worst(tables.stream().map(Table::verdict).toList());
    out.println(
        Page.of(
            "diff",
            Map.of(
                "verdict", Objects.toString(verdict),
                "words", DiffReport.words(verdict),
                "tables", tables)));
    out.flush();
  }
}
