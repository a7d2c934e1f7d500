package io.crossfade.reconciler.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which dead letters something is done with: some by name, or open ones that died alike. */
final class WhichLetters {

  @Mixin private LetterOptions some = new LetterOptions();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "SOURCE/KEY",
      description = "As 'deadletters list' names them",
      converter = LetterOptions.Name.class)
  private List<String> letters = List.of();

  @Option(names = "--died", description = "Those that died of this: the whole reason")
  private String died = "";

  /**
   * By name; empty when it is by what they died of.
   *
   * @throws ParameterException unless it is one of the two
   */
  List<String> named() {
    if (letters.isEmpty() == died.isEmpty()) {
      throw new ParameterException(
          command.commandLine(), "Say which letters: SOURCE/KEY or --died");
    }
    return letters;
  }

  /** Those that died alike, as the API names them. */
  Map<String, Object> alike() {
    Map<String, Object> asked = new LinkedHashMap<>(some.parameters());
    asked.put("died", died);
    return asked;
  }
}
