package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes a kind to another stage. */
@Command(
    name = "change",
    description = {
      "Takes a kind, or all, to a stage. --dry-run says what that would do and what is in its way,"
          + " and the version to name without it.",
      "Exit code: 6 when it is refused, or would be."
    })
final class RolloutChange implements Callable<Integer> {

  private static final List<Column> STEPS =
      List.of(
          Column.of("kind"),
          Column.of("from"),
          Column.of("to"),
          new Column("known", row -> Column.said(row.at("/devices/known"))),
          new Column("to stream", row -> Column.said(row.at("/devices/toStream"))),
          new Column("to legacy", row -> Column.said(row.at("/devices/toLegacy"))),
          Column.of("verdict"),
          new Column("in its way", RolloutChange::obstacle));

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  private boolean help;

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--kind", required = true, description = "A kind, for example health, or all")
  private String kind = "";

  @Option(
      names = "--stage",
      required = true,
      description = "legacy, shadow, canary, live or complete")
  private String stage = "";

  @Option(names = "--percent", description = "Of canary: the share of devices, 0.01 to 99.99")
  private @Nullable BigDecimal percent;

  @Option(names = "--allow-device", description = "Has the stream; as often as there are devices")
  private @Nullable List<String> allowDevices;

  @Option(names = "--deny-device", description = "Does not have it")
  private @Nullable List<String> denyDevices;

  @Option(names = "--allow-customer", description = "Has the stream, with all its devices")
  private @Nullable List<Long> allowCustomers;

  @Option(names = "--deny-customer", description = "Does not have it")
  private @Nullable List<Long> denyCustomers;

  @Option(names = "--reason", description = "Why; needed without --dry-run")
  private @Nullable String reason;

  @Option(names = "--ticket", description = "Where more is written")
  private @Nullable String ticket;

  @Option(
      names = "--version",
      description = "Of the flags that you looked at; needed without --dry-run")
  private @Nullable Long version;

  @Option(names = "--force", description = "Go past gates that do not pass, on record")
  private boolean force;

  @Option(names = "--dry-run", description = "Only say what would happen")
  private boolean dryRun;

  @Override
  public Integer call() {
    if (!dryRun && (version == null || reason == null)) {
      throw new ParameterException(
          spec.commandLine(),
          "A change needs a --reason and the --version that you looked at, which --dry-run says");
    }
    try (Api router = api.open()) {
      ObjectNode asked = request();
      if (version == null) {
        asked.set("version", router.get(RolloutCommand.PATH).path("version"));
      }
      ObjectNode plan = (ObjectNode) router.post(RolloutCommand.PATH + "/changes", asked);
      long of = plan.path("version").asLong();
      boolean refused =
          StreamSupport.stream(plan.path("steps").spliterator(), false).anyMatch(this::isRefused);
      String act = dryRun ? "" : router.audit("flags", "version " + of);
      plan.put("audit", act);
      answer.list(plan, plan.path("steps"), STEPS, "No kind would move.");
      if (answer.isText()) {
        answer.out().println(said(refused, of));
        answer.out().flush();
      }
      answer.onRecord(act);
      return refused ? ExitCode.REFUSED : ExitCode.PASS;
    }
  }

  private boolean isRefused(JsonNode step) {
    return dryRun
        && !force
        && (step.hasNonNull("objection") || !"PASS".equals(step.path("verdict").asText()));
  }

  private String said(boolean refused, long of) {
    if (!dryRun) {
      return "changed; the flags have version %d now".formatted(of);
    }
    return refused
        ? "would be refused; nothing was changed"
        : "would be done; nothing was changed. To do it: the same with --version %d --reason …"
            .formatted(of);
  }

  private ObjectNode request() {
    ObjectNode asked =
        AnswerOptions.object()
            .put("kind", kind)
            .put("stage", stage)
            .put("percentage", percent)
            .put("reason", dryRun && reason == null ? "dry run" : reason)
            .put("ticket", ticket)
            .put("version", version)
            .put("force", force)
            .put("dryRun", dryRun);
    list(asked, "allowDevices", allowDevices);
    list(asked, "denyDevices", denyDevices);
    list(asked, "allowCustomers", allowCustomers);
    list(asked, "denyCustomers", denyCustomers);
    return asked;
  }

  private static void list(ObjectNode asked, String name, @Nullable List<?> values) {
    if (values != null) {
      ArrayNode list = asked.putArray(name);
      values.forEach(list::addPOJO);
    }
  }

  private static String obstacle(JsonNode step) {
    String gates = RolloutCommand.gates(step);
    String objection = step.path("objection").asText("");
    boolean passed = gates.equals("PASS");
    return objection.isEmpty() || gates.isEmpty() || passed
        ? objection.isEmpty() && !passed ? gates : objection
        : objection + "; " + gates;
  }
}
