package io.crossfade.reconciler.cli;

import io.crossfade.db.DbSettings;
import io.crossfade.db.ScratchSchemas;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.selftest.SelfTest;
import java.io.PrintWriter;
import java.util.Map;
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
      "Fills scratch schemas beside the real ones with a rollout, plants differences of every"
          + " class, compares in every way in which runs do, and reports how many are found and how"
          + " many invented. Drops the schemas at the end.",
      "Needs a user that may create schemas of these names: crossfade.db.migration.username and"
          + " .password. What that user may do is tried first, and what it lacks is said as SQL."
    })
final class SelfTestCommand implements Callable<Integer> {

  @Mixin private Workbench workbench = new Workbench();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--records",
      defaultValue = "10000",
      description = "Records of each kind that both paths wrote; default: ${DEFAULT-VALUE}")
  private int records;

  @Option(
      names = "--plant",
      defaultValue = "10",
      description = "Differences of every sort in every table; default: ${DEFAULT-VALUE}")
  private int each;

  @Option(names = "--seed", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
  private long seed;

  private static void line(PrintWriter out, String name, Map<DifferenceClass, Long> counts) {
    out.printf("%-42s", name);
    for (DifferenceClass kind : DifferenceClass.values()) {
      out.printf(" %18d", counts.getOrDefault(kind, 0L));
    }
  }

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
      out.printf("%-42s", "found, by way of comparing");
      for (DifferenceClass kind : DifferenceClass.values()) {
        out.printf(" %18s", kind);
      }
      out.printf(" %10s %12s%n", "rows", "false alarms");
      line(out, "planted", result.planted());
      out.println();
      for (SelfTest.Way way : result.ways()) {
        line(out, way.name(), way.found());
        out.printf(" %10d %12d%n", way.rows(), way.invented().size());
      }
      for (SelfTest.Way way : result.ways()) {
        way.missed().forEach(plant -> out.printf("missed, %s: %s%n", way.name(), plant));
        way.invented().forEach(found -> out.printf("invented, %s: %s%n", way.name(), found));
        if (way.unproven() > 0) {
          out.printf("not proven, %s: %d runs%n", way.name(), way.unproven());
        }
      }
      out.println(result.passed() ? "All found, none invented" : "NOT as planted");
      out.flush();
      return result.passed() ? ExitCode.PASS : ExitCode.FAIL;
    }
  }
}
