package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives letters up. */
@Command(
    name = "discard",
    mixinStandardHelpOptions = true,
    description = {
      "Gives letters up: those that are named, or open ones that died alike, the oldest first.",
      "Their records stay among the dead ones in the accounts."
    })
final class DeadLettersDiscard implements Callable<Integer> {

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();
  @Mixin private LetterOptions which = new LetterOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..*",
      paramLabel = "SOURCE/KEY",
      description = "As 'deadletters list' names them",
      converter = LetterOptions.Name.class)
  private List<String> letters = List.of();

  @Option(
      names = "--died",
      description = "Those that died of this: the whole reason; up to 10,000 at once")
  private String died = "";

  @Option(names = "--reason", required = true, description = "Why")
  private String reason = "";

  @Override
  public Integer call() {
    if (letters.isEmpty() == died.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "Say which letters: SOURCE/KEY or --died");
    }
    try (Api router = api.open()) {
      if (died.isEmpty()) {
        one(router);
      } else {
        alike(router);
      }
    }
    return ExitCode.PASS;
  }

  private void one(Api router) {
    ObjectNode because = AnswerOptions.object().put("reason", reason);
    ArrayNode done = AnswerOptions.array();
    for (String letter : letters) {
      router.post(DeadLettersCommand.PATH + "/" + letter + "/discard", because);
      done.addObject()
          .put("letter", letter)
          .put("outcome", "DISCARDED")
          .put("audit", router.audit("discard", letter));
    }
    answer.list(
        done,
        done,
        List.of(Column.of("letter"), Column.of("outcome"), Column.of("audit")),
        "Nothing was done.");
  }

  private void alike(Api router) {
    ObjectNode asked = AnswerOptions.object().put("died", died).put("reason", reason);
    Map<String, Object> said = which.parameters();
    for (String name : List.of("source", "kind")) {
      if (said.containsKey(name)) {
        asked.put(name, String.valueOf(said.get(name)));
      }
    }
    JsonNode answered = router.post(DeadLettersCommand.PATH + "/discard", asked);
    int discarded = answered.path("letters").asInt();
    String act = discarded == 0 ? "" : router.audit("discard", discarded + " letters");
    answer.done(
        AnswerOptions.object().put("letters", discarded).put("audit", act),
        "%d letters were given up".formatted(discarded),
        act.isEmpty() ? "" : "on record: " + act);
  }
}
