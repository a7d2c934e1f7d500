package io.crossfade.reconciler.cli;

import io.crossfade.db.DbSettings;
import io.crossfade.db.ScratchSchemas;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.selftest.SelfTest;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plants differences and looks for them. */
@Command(
    name = "selftest",
    mixinStandardHelpOptions = true,
    description = {
      "Fills scratch schemas beside the real ones, plants differences of every class, and reports"
          + " how many are found and how many invented. Drops the schemas at the end.",
      "Needs a user that may create schemas of these names: crossfade.db.migration.username and"
          + " .password. What that user may do is tried first, and what it lacks is said as SQL."
    })
final class SelfTestCommand implements Callable<Integer> {

  @Mixin private Workbench workbench = new Workbench();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--records",
      defaultValue = "10000",
      description = "Records of each kind; default: ${DEFAULT-VALUE}")
  private int records;

  @Option(
      names = "--plant",
      defaultValue = "10",
      description = "Differences of every sort in every table; default: ${DEFAULT-VALUE}")
  private int each;

  @Option(names = "--seed", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
  private long seed;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    try (Workbench.Open open = workbench.open();
        ScratchSchemas scratch = ScratchSchemas.create(open.get(DbSettings.class))) {
      SelfTest.Result result =
          new SelfTest(
                  scratch.control(),
                  scratch.legacy(),
                  scratch.stream(),
                  open.get(ComparisonSettings.class))
              .run(records, each, seed);
      out.printf("%-20s %8s %8s %8s%n", "class", "planted", "found", "recall");
      for (DifferenceClass kind : DifferenceClass.values()) {
        long planted = result.planted().getOrDefault(kind, 0L);
        long found = result.found().getOrDefault(kind, 0L);
        out.printf(
            "%-20s %8d %8d %7.2f%%%n",
            kind, planted, found, planted == 0 ? 0 : 100.0 * found / planted);
      }
      out.printf("%d rows compared, %d false alarms%n", result.rows(), result.invented().size());
      result.missed().forEach(plant -> out.println("missed: " + plant));
      result.invented().forEach(difference -> out.println("invented: " + difference));
      out.flush();
      return result.passed() ? ExitCode.PASS : ExitCode.FAIL;
    }
  }
}
