package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Gives letters up. */
@Command(
    name = "discard",
    mixinStandardHelpOptions = true,
    description = {
      "Gives letters up: those that are named, or open ones that died alike, the oldest first,"
          + " up to 10,000 at once.",
      "Their records stay among the dead ones in the accounts."
    })
final class DeadLettersDiscard implements Callable<Integer> {

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();
  @Mixin private WhichLetters which = new WhichLetters();

  @Option(names = "--reason", required = true, description = "Why")
  private String reason = "";

  @Override
  public Integer call() {
    List<String> letters = which.named();
    try (Api router = api.open()) {
      if (!letters.isEmpty()) {
        named(router, letters);
      } else {
        alike(router);
      }
    }
    return ExitCode.PASS;
  }

  private void named(Api router, List<String> letters) {
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
    ObjectNode asked = AnswerOptions.object().put("reason", reason);
    which
        .alike()
        .forEach(
            (name, value) -> {
              // Open ones are all that can be given up.
              if (!name.equals("state")) {
                asked.put(name, String.valueOf(value));
              }
            });
    JsonNode answered = router.post(DeadLettersCommand.PATH + "/discard", asked);
    int discarded = answered.path("letters").asInt();
    String act = discarded == 0 ? "" : router.audit("discard", discarded + " letters");
    answer.done(
        AnswerOptions.object().put("letters", discarded).put("audit", act),
        "%d letters were given up".formatted(discarded));
    answer.onRecord(act);
  }
}
