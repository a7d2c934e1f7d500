package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.crossfade.reconciler.Comparisons;
import java.io.PrintWriter;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists runs. */
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = "Lists the latest runs, newest first, with their progress or verdict.")
final class RunsCommand implements Callable<Integer> {

  private static final List<Column> COLUMNS =
      Stream.of(
              "id",
              "origin",
              "kinds",
              "from",
              "to",
              "finished",
              "verdict",
              "reasons",
              "compared",
              "explained",
              "unexplained",
              "worker",
              "share")
          .map(Column::of)
          .toList();

  @Mixin private Workbench workbench = new Workbench();
  @Mixin private AnswerOptions answer = new AnswerOptions();

  @Option(names = "--limit", defaultValue = "20", description = "default: ${DEFAULT-VALUE}")
  private int limit;

  @Override
  public Integer call() {
    PrintWriter out = answer.out();
    try (Workbench.Open open = workbench.open()) {
      if (!answer.isText()) {
        programs(open.get(Comparisons.class).latest(limit));
        return ExitCode.PASS;
      }
      for (Comparisons.Summary run : open.get(Comparisons.class).latest(limit)) {
        out.printf(
            Locale.ROOT,
            "%6d  %-11s  %s to %s  %-20s  %s%n",
            run.id(),
            run.origin(),
            run.window().from(),
            run.window().to(),
            run.kinds(),
            run.finished()
                ? "%s%s  %s; proof: %s"
                    .formatted(
                        run.verdict(),
                        run.reasons().isEmpty() ? "" : " " + run.reasons(),
                        run.headline(),
                        run.proof())
                : "at %.0f %%%s"
                    .formatted(
                        run.share() * 100,
                        run.worker() == null ? ", left" : ", by " + run.worker()));
      }
    }
    out.flush();
    return ExitCode.PASS;
  }

  private void programs(List<Comparisons.Summary> runs) {
    ArrayNode all = AnswerOptions.array();
    for (Comparisons.Summary run : runs) {
      all.addObject()
          .put("id", run.id())
          .put("origin", run.origin().name())
          .put("kinds", joined(run.kinds()))
          .put("from", run.window().from().toString())
          .put("to", run.window().to().toString())
          .put("finished", run.finished())
          .put("verdict", run.verdict())
          .put("reasons", joined(run.reasons()))
          .put("compared", run.headline().compared())
          .put("explained", run.headline().explained())
          .put("unexplained", run.headline().unexplained())
          .put("worker", run.worker())
          .put("share", run.share());
    }
    answer.list(all, all, COLUMNS, "");
  }

  private static String joined(Collection<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }
}
