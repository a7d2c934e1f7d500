package io.crossfade.reconciler.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has a shell complete commands and options. */
@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = {
      "Prints what makes a shell complete commands and options of reconciler.",
      "In ~/.bashrc or ~/.zshrc:  source <(reconciler completion bash)"
    })
final class CompletionCommand implements Callable<Integer> {

  enum Shell {
    BASH,
    ZSH
  }

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "bash|zsh",
      defaultValue = "BASH",
      description = "One script does for both")
  private @Nullable Shell shell;

  @Override
  public Integer call() {
    CommandSpec root = spec.root();
    spec.commandLine().getOut().println(AutoComplete.bash(root.name(), root.commandLine()));
    spec.commandLine().getOut().flush();
    return ExitCode.PASS;
  }
}
