package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.ReconcilerPause;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lets all runs wait. */
@Command(
    name = "pause",
    mixinStandardHelpOptions = true,
    description = "Lets all runs, on every instance, wait where they are until 'resume'.")
final class PauseCommand implements Callable<Integer> {

  @Mixin private Workbench workbench = new Workbench();

  @Mixin private AnswerOptions answer = new AnswerOptions();

  @Mixin private ActorOption actor = new ActorOption();

  @Option(names = "--reason", required = true, description = "Why")
  private String reason = "";

  @Override
  public Integer call() {
    try (Workbench.Open open = workbench.open()) {
      open.get(ReconcilerPause.class).pause(actor.name(), reason);
    }
    answer.done(
        AnswerOptions.object().put("paused", true).put("actor", actor.name()).put("reason", reason),
        "All runs wait, says %s; go on with: resume".formatted(actor.name()));
    return ExitCode.PASS;
  }
}
