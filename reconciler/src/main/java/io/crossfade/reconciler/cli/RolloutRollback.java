package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes kinds back. */
@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Moves all new uploads of a kind, or of all, to the memory queue; works with Redis and with"
          + " MySQL stopped.",
      "Asked for once more it goes no further."
    })
final class RolloutRollback implements Callable<Integer> {

  private static final List<Column> KINDS =
      List.of(Column.of("kind"), Column.of("before"), Column.of("after"));

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();

  @Option(names = "--kind", required = true, description = "A kind, for example health, or all")
  private String kind = "";

  @Option(names = "--to", description = "shadow or legacy; default: one step")
  private @Nullable String to;

  @Option(names = "--reason", required = true, description = "Why")
  private String reason = "";

  @Override
  public Integer call() {
    try (Api router = api.open()) {
      ObjectNode receipt =
          (ObjectNode)
              router.post(
                  RolloutCommand.PATH + "/rollbacks",
                  AnswerOptions.object().put("kind", kind).put("to", to).put("reason", reason));
      String act =
          receipt.hasNonNull("version") && receipt.hasNonNull("id")
              ? router.audit("flags", "version " + receipt.path("version").asLong())
              : "";
      receipt.put("audit", act);
      ArrayNode rows = AnswerOptions.array();
      receipt
          .path("after")
          .properties()
          .forEach(
              after ->
                  rows.addObject()
                      .put("kind", after.getKey())
                      .put("before", place(receipt, "before", after.getKey()))
                      .put("after", place(receipt, "after", after.getKey())));
      answer.list(receipt, rows, KINDS, "No kind was moved.");
      if (answer.isText()) {
        text(receipt);
      }
      answer.onRecord(act);
      return ExitCode.PASS;
    }
  }

  private void text(ObjectNode receipt) {
    answer
        .out()
        .println(
            receipt.hasNonNull("id")
                ? "rolled back; receipt " + receipt.path("id").asText()
                : "nothing was changed");
    if (!receipt.path("stored").asBoolean()) {
      answer.out().println("not stored yet: MySQL is away; tell the other routers one by one");
    }
    receipt.path("notes").forEach(note -> answer.out().println(note.asText()));
    answer.out().flush();
  }

  private static String place(ObjectNode receipt, String when, String kind) {
    String stage = receipt.at("/%s/%s/stage".formatted(when, kind)).asText();
    String percent = receipt.at("/%s/%s/cohort/percentage".formatted(when, kind)).asText();
    return percent.isEmpty() ? stage : "%s %s %%".formatted(stage, percent);
  }
}
