package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.ReconcilerPause;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lets paused runs go on. */
@Command(
    name = "resume",
    mixinStandardHelpOptions = true,
    description = "Lets all runs go on after 'pause'.")
final class ResumeCommand implements Callable<Integer> {

  @Mixin private Workbench workbench = new Workbench();

  @Mixin private AnswerOptions answer = new AnswerOptions();

  @Mixin private ActorOption actor = new ActorOption();

  @Override
  public Integer call() {
    try (Workbench.Open open = workbench.open()) {
      open.get(ReconcilerPause.class).resume(actor.name());
    }
    answer.done(
        AnswerOptions.object().put("paused", false).put("actor", actor.name()), "Runs go on.");
    return ExitCode.PASS;
  }
}
