package io.crossfade.reconciler.cli;

import io.crossfade.db.OutputDdl;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the tables that an output has. */
@Command(
    name = "ddl",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the statements that make the tables of an output, for those who make them by hand.",
      "Asks no database. Which kinds there are says --set crossfade.kinds=file:orders.yaml, or the"
          + " settings."
    })
final class DdlCommand implements Callable<Integer> {

  @Mixin private Workbench workbench = new Workbench();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--kind", split = ",", description = "Kinds, for example health; default: all")
  private List<String> kinds = List.of();

  @Override
  public Integer call() throws IOException {
    workbench.readKinds();
    PrintWriter out = spec.commandLine().getOut();
    for (String statement : OutputDdl.of(WindowOptions.kinds(kinds))) {
      out.println(statement);
    }
    out.flush();
    return ExitCode.PASS;
  }
}
