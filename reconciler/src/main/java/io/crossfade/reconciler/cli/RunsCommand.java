package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.Comparisons;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists runs. */
@Command(
    name = "runs",
    mixinStandardHelpOptions = true,
    description = "Lists the latest runs, newest first, with their progress or verdict.")
final class RunsCommand implements Callable<Integer> {

  @Mixin private Workbench workbench = new Workbench();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--limit", defaultValue = "20", description = "default: ${DEFAULT-VALUE}")
  private int limit;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    try (Workbench.Open open = workbench.open()) {
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
}
