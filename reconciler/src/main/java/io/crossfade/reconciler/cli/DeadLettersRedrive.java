package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has letters tried once more. */
@Command(
    name = "redrive",
    mixinStandardHelpOptions = true,
    description = {
      "Has a router try letters once more: those that are named, or open ones that died alike.",
      "Exit code: 1 when one is dead still."
    })
final class DeadLettersRedrive implements Callable<Integer> {

  private static final List<Column> COLUMNS =
      List.of(Column.of("letter"), Column.of("outcome"), Column.of("reason"), Column.of("audit"));

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();
  @Mixin private WhichLetters which = new WhichLetters();

  @Option(
      names = "--limit",
      defaultValue = "100",
      description = "Of those that died alike, so many; default: ${DEFAULT-VALUE}")
  private int limit;

  @Override
  public Integer call() {
    List<String> letters = which.named();
    ArrayNode outcomes = AnswerOptions.array();
    boolean dead = false;
    try (Api router = api.open()) {
      for (String letter : letters.isEmpty() ? alike(router) : letters) {
        try {
          router.post(DeadLettersCommand.PATH + "/" + letter + "/redrive", null);
          outcomes
              .addObject()
              .put("letter", letter)
              .put("outcome", "REDRIVEN")
              .put("audit", router.audit("redrive", letter));
        } catch (ApiException e) {
          if (e.exitCode() != ExitCode.REFUSED || letters.size() == 1) {
            throw e;
          }
          dead = true;
          outcomes
              .addObject()
              .put("letter", letter)
              .put("outcome", "REFUSED")
              .put("reason", e.getMessage());
        }
      }
    }
    answer.list(outcomes, outcomes, COLUMNS, "There is no such letter.");
    return dead ? ExitCode.FAIL : ExitCode.PASS;
  }

  private List<String> alike(Api router) {
    Map<String, Object> asked = which.alike();
    asked.put("limit", limit);
    List<String> names = new ArrayList<>();
    for (JsonNode letter : router.get(DeadLettersCommand.PATH, asked)) {
      names.add(DeadLettersCommand.name(letter));
    }
    return names;
  }
}
