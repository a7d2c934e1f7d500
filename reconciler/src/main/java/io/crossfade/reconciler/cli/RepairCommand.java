package io.crossfade.reconciler.cli;

import io.crossfade.db.DeliveryPath;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.Comparisons;
import io.crossfade.reconciler.Headline;
import io.crossfade.reconciler.repair.Repair;
import io.crossfade.reconciler.report.ComparisonReport;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Repairs what a run found. */
@Command(
    name = "repair",
    mixinStandardHelpOptions = true,
    description = {
      "Brings missing rows over in either direction, then looks at the rows of that run again.",
      "Acts on the rows that are named, by a filter, by --row or by --all, and on no other.",
      "--apply repairs what a --dry-run has shown: name the preview that it printed last.",
      "Fields that differ are left alone without --prefer."
    })
final class RepairCommand implements Callable<Integer> {

  /** One of the two must be said. */
  private static final class Mode {
    @Option(names = "--dry-run", required = true, description = "Print the statements")
    private boolean dryRun;

    @Option(names = "--apply", required = true, description = "Run them")
    private boolean apply;
  }

  @Mixin private Workbench workbench = new Workbench();
  @Spec private CommandSpec spec = CommandSpec.create();

  @ArgGroup(multiplicity = "1")
  private Mode mode = new Mode();

  @Option(names = "--run", required = true, description = "The run that found it: see 'runs'")
  private long run;

  @Mixin private SelectionOptions selection = new SelectionOptions();

  @Option(names = "--preview", description = "What the dry run printed last; needed with --apply")
  private String preview = "";

  @Option(
      names = "--prefer",
      description = "The output that is right where fields differ: ${COMPLETION-CANDIDATES}")
  private @Nullable DeliveryPath prefer;

  @Mixin private ActorOption actor = new ActorOption();

  @Option(names = "--reason", description = "Why; needed with --apply")
  private String reason = "";

  @Override
  public Integer call() throws Exception {
    if (mode.apply && reason.isBlank()) {
      throw new ParameterException(spec.commandLine(), "--apply needs a --reason");
    }
    if (mode.apply && preview.isBlank()) {
      throw new ParameterException(
          spec.commandLine(), "--apply needs the --preview that a --dry-run of the same printed");
    }
    PrintWriter out = spec.commandLine().getOut();
    try (Workbench.Open open = workbench.open()) {
      Comparisons.Summary found =
          open.get(Comparisons.class)
              .find(run)
              .orElseThrow(
                  () -> new ParameterException(spec.commandLine(), "There is no run " + run));
      Repair repair = open.get(Repair.class);
      Repair.Plan plan = new Repair.Plan(run, selection.selection(spec.commandLine()), prefer);
      if (mode.dryRun) {
        Repair.Preview would = repair.dryRun(plan, change -> out.println(change.statement()));
        out.println("-- " + said(would.done(), "would be"));
        out.printf("-- %d rows are selected: --preview %s%n", would.selected(), would.digest());
        out.flush();
        return ExitCode.PASS;
      }
      Repair.Receipt receipt = repair.apply(plan, preview, actor.name(), reason);
      out.printf("Repair %d of %d rows: ", receipt.id(), receipt.selected());
      out.println(said(receipt.done(), "were"));
      ComparisonRequest request = plan.verification(found, receipt);
      // What the run compared was settled then; it is settled now.
      ComparisonResult again = TakeOver.run(Drained.comparison(open), request, id -> {});
      Headline rows = again.headline();
      out.println(ComparisonReport.text(again));
      out.printf(
          "%d of these %d rows differ%n", rows.explained() + rows.unexplained(), rows.compared());
      out.flush();
      return ExitCode.of(again.verdict());
    }
  }

  private static String said(Repair.Done done, String verb) {
    return "%d rows %s brought to the legacy output, %d to the stream output; %d left alone%s"
        .formatted(
            done.toLegacy(),
            verb,
            done.toStream(),
            done.leftAlone(),
            done.changed() == 0
                ? ""
                : ", %d of them changed since the run".formatted(done.changed()));
  }
}
