package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.reconciler.verdict.Verdict;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Has a router do a night now. */
@Command(
    name = "nightly",
    mixinStandardHelpOptions = true,
    description = {
      "Has a router compare a day and report it now, and waits for the report.",
      "Exit code: the verdict of the report."
    })
final class NightlyCommand implements Callable<Integer> {

  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  /** A run that ended has its report a moment later. */
  private static final int LOOKS_AT_NOBODY = 60;

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();

  @Option(
      names = "--day",
      description =
          "A day that is over, as 2026-11-27, in the zone of the nights; default: yesterday")
  private @Nullable LocalDate day;

  @Option(names = "--no-wait", description = "Only begin; 'report' shows it when it is done")
  private boolean begin;

  @Override
  public Integer call() throws InterruptedException {
    try (Api router = api.open()) {
      ObjectNode asked = AnswerOptions.object();
      if (day != null) {
        asked.put("day", day.toString());
      }
      JsonNode begun = router.post("/api/reports", asked);
      String of = begun.path("day").asText();
      String act = router.audit("run", "night of " + of);
      if (begin || !begun.hasNonNull("run")) {
        answer.done(begun, "The night of %s is being compared%s".formatted(of, run(begun)));
        answer.onRecord(act);
        return ExitCode.PASS;
      }
      ObjectNode report = report(router, begun.path("run").asLong());
      answer.done(
          report,
          "report %d of %s: %s %s"
              .formatted(
                  report.path("id").asLong(),
                  of,
                  report.path("verdict").asText(),
                  Column.said(report.path("reasons"))),
          "hint: 'report show %d', or 'differences --run %d'"
              .formatted(report.path("id").asLong(), report.path("comparisonId").asLong()));
      answer.onRecord(act);
      return ExitCode.of(Verdict.valueOf(report.path("verdict").asText()));
    }
  }

  private static String run(JsonNode begun) {
    return begun.hasNonNull("run") ? " by run " + begun.path("run").asLong() : "";
  }

  /** Waits until it is there; whoever loses patience ends the command, the night goes on. */
  private static ObjectNode report(Api router, long run) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    int left = 0;
    while (true) {
      for (JsonNode report : router.get("/api/reports", Map.of("limit", 1_000))) {
        if (report.path("comparisonId").asLong() == run) {
          return (ObjectNode) report;
        }
      }
      JsonNode state = router.get("/api/reconciler/runs/" + run);
      left = state.hasNonNull("worker") ? 0 : left + 1;
      if (left > LOOKS_AT_NOBODY) {
        throw new ApiException(
            ExitCode.ERROR,
            "Nobody is at work on run %d and it has no report".formatted(run),
            "hint: the router's log says why");
      }
      never.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
