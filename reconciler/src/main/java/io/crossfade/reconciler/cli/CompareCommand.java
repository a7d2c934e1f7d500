package io.crossfade.reconciler.cli;

import io.crossfade.db.OutputTable;
import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.DifferenceFilter;
import io.crossfade.reconciler.Differences;
import io.crossfade.reconciler.report.Advice;
import io.crossfade.reconciler.report.ComparisonReport;
import io.crossfade.reconciler.report.DifferencesCsv;
import io.crossfade.reconciler.report.HtmlReport;
import io.crossfade.reconciler.report.ReportFacts;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares a window. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = {
      "Compares the outputs for a window. Killed and called again with the same window and kinds,"
          + " it goes on where it was."
    })
final class CompareCommand implements Callable<Integer> {

  private enum Format {
    TEXT,
    JSON,
    CSV,
    HTML
  }

  @Mixin private Workbench workbench = new Workbench();
  @Mixin private WindowOptions window = new WindowOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--format",
      defaultValue = "TEXT",
      description = "${COMPLETION-CANDIDATES}; csv has every difference")
  private Format format = Format.TEXT;

  @Option(names = "--count-only", description = "Count rows and compare nothing: a first look")
  private boolean countOnly;

  @Option(
      names = "--drained",
      description =
          "Take my word that both paths have written everything; else a running router must say so")
  private boolean drained;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (Workbench.Open open = workbench.open()) {
      Comparison comparison = drained ? Drained.comparison(open) : open.get(Comparison.class);
      ComparisonRequest request = window.request(Origin.ON_DEMAND);
      if (countOnly) {
        return count(comparison, request, out);
      }
      ComparisonResult result;
      ProgressBar bar = new ProgressBar();
      Comparisons comparisons = open.get(Comparisons.class);
      try (TerminalLine line = TerminalLine.show(spec, () -> bar.state(comparisons))) {
        result = TakeOver.run(comparison, request, bar::of);
      }
      switch (format) {
        case TEXT -> out.println(ComparisonReport.text(result));
        case JSON -> out.println(ComparisonReport.json(result));
        case CSV ->
            DifferencesCsv.write(
                open.get(Differences.class), result.id(), DifferenceFilter.ALL, out);
        case HTML ->
            out.println(
                HtmlReport.of(
                    ReportFacts.collect(
                        open.control(), result, ZoneId.systemDefault(), Advice.Advisor.NONE)));
      }
      out.flush();
      return ExitCode.of(result.verdict());
    }
  }

  private static int count(Comparison comparison, ComparisonRequest request, PrintWriter out)
      throws Exception {
    boolean same = true;
    out.printf("%-26s %12s %12s%n", "table", "legacy", "stream");
    for (Map.Entry<OutputTable<?>, long[]> count : comparison.count(request).entrySet()) {
      long[] rows = count.getValue();
      same &= rows[0] == rows[1];
      out.printf("%-26s %12d %12d%n", count.getKey().name(), rows[0], rows[1]);
    }
    out.flush();
    // Equal counts are no proof.
    return same ? ExitCode.INCONCLUSIVE : ExitCode.FAIL;
  }
}
