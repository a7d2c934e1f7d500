package io.crossfade.reconciler.cli;

import picocli.CommandLine.Option;

/** Who does something that is recorded. */
final class ActorOption {

  @Option(
      names = "--actor",
      defaultValue = "${sys:user.name}",
      description = "Who says so; default: ${DEFAULT-VALUE}")
  private String actor = "";

  String name() {
    return actor;
  }
}
