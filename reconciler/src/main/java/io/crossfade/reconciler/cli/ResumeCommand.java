package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.ReconcilerPause;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lets paused runs go on. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = "Lets all runs go on after 'pause'.")
final class ResumeCommand implements Callable<Integer> {

  @Mixin private Workbench workbench = new Workbench();

  @Option(
      names = "--actor",
      defaultValue = "${sys:user.name}",
      description = "Who says so; default: ${DEFAULT-VALUE}")
  private String actor = "";

  @Override
  public Integer call() {
    try (Workbench.Open open = workbench.open()) {
      open.get(ReconcilerPause.class).resume(actor);
    }
    return ExitCode.PASS;
  }
}
