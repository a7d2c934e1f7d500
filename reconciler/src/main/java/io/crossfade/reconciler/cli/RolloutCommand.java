package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Where each kind stands, asking a router. */
@Command(
    name = "rollout",
    mixinStandardHelpOptions = true,
    description = "Shows where each kind stands, and what is before its next step. Asks a router.",
    subcommands = {RolloutCommand.Status.class, RolloutChange.class, RolloutRollback.class})
final class RolloutCommand implements Callable<Integer> {

  static final String PATH = "/api/rollout";

  private static final List<Column> KINDS =
      List.of(
          Column.of("kind"),
          Column.of("stage"),
          new Column("stream %", row -> Column.said(row.path("percentage"))),
          new Column("_v2", row -> row.path("optIn").asBoolean() ? "on" : "off"),
          Column.of("next"),
          new Column("held by", row -> Column.said(row.at("/hold/actor"))),
          new Column("gates", RolloutCommand::gates));

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();

  @Override
  public Integer call() {
    return status(api, answer);
  }

  private static int status(ApiOptions api, AnswerOptions answer) {
    try (Api router = api.open()) {
      JsonNode overview = router.get(PATH);
      if (answer.isText()) {
        answer
            .out()
            .printf(
                "version %d of the flags, read %s ms ago%s; breaker %s; %d routers%n",
                overview.path("version").asLong(),
                overview.path("flagAgeMillis").asText(),
                overview.path("stale").asBoolean() ? ", the last try failed" : "",
                overview.path("breaker").asText(),
                overview.path("routers").size());
      }
      answer.list(overview, overview.path("kinds"), KINDS, "This router has no kinds.");
    }
    return ExitCode.PASS;
  }

  /** Verdicts that are in the way of a step, with why. */
  static String gates(JsonNode step) {
    JsonNode gates = step.path("gates");
    String blocking =
        StreamSupport.stream(gates.spliterator(), false)
            .filter(gate -> !"PASS".equals(gate.path("verdict").asText()))
            .filter(gate -> !gate.path("dryRun").asBoolean())
            .map(
                gate ->
                    "%s%s %s: %s"
                        .formatted(
                            gate.path("gate").asText(),
                            gate.hasNonNull("name") ? " " + gate.path("name").asText() : "",
                            gate.path("verdict").asText(),
                            gate.path("figures").asText()))
            .collect(Collectors.joining("; "));
    return gates.isEmpty() ? "" : blocking.isEmpty() ? "PASS" : blocking;
  }

  /** The same by its name. */
  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Shows where each kind stands, and what is before its next step.")
  static final class Status implements Callable<Integer> {

    @Mixin private ApiOptions api = new ApiOptions();
    @Mixin private AnswerOptions answer = new AnswerOptions();

    @Override
    public Integer call() {
      return status(api, answer);
    }
  }
}
