package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.reconciler.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What was found each night, asking a router. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Lists the reports of the nights, newest first. Asks a router.",
    subcommands = ReportCommand.Show.class)
final class ReportCommand implements Callable<Integer> {

  static final List<Column> COLUMNS =
      List.of(
          Column.of("id"),
          Column.of("day"),
          Column.of("verdict"),
          Column.of("compared"),
          new Column("agree %", row -> Column.said(row.path("raw"))),
          Column.of("explained"),
          Column.of("unexplained"),
          Column.of("lost"),
          new Column("urgent missing", row -> Column.said(row.path("urgentMissing"))),
          new Column("run", row -> Column.said(row.path("comparisonId"))),
          Column.of("reasons"));

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();

  @Option(names = "--limit", defaultValue = "20", description = "default: ${DEFAULT-VALUE}")
  private int limit;

  @Override
  public Integer call() {
    try (Api router = api.open()) {
      JsonNode reports = router.get("/api/reports", Map.of("limit", limit));
      answer.list(reports, reports, COLUMNS, "No night was reported yet; 'nightly' does one now.");
    }
    return ExitCode.PASS;
  }

  /** One report. */
  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = {
        "Shows a report: its figures, and whether each kind may advance. --html keeps the page.",
        "Exit code: its verdict."
      })
  static final class Show implements Callable<Integer> {

    @Mixin private ApiOptions api = new ApiOptions();
    @Mixin private AnswerOptions answer = new AnswerOptions();

    @Parameters(
        arity = "0..1",
        paramLabel = "ID",
        description = "Number of the report: see 'report'; default: the newest")
    private @Nullable Long id;

    @Option(names = "--html", paramLabel = "FILE", description = "Where to keep the page")
    private @Nullable Path html;

    @Override
    public Integer call() throws IOException {
      try (Api router = api.open()) {
        long of = id == null ? newest(router) : id;
        String path = "/api/reports/" + of;
        ObjectNode report = AnswerOptions.object().put("report", of);
        report.setAll((ObjectNode) router.get(path + "/report.json"));
        if (html != null) {
          Files.writeString(html, router.text(path + "/report.html", Map.of()));
        }
        if (answer.isText()) {
          text(of, report);
        } else {
          answer.done(report);
        }
        return ExitCode.of(Verdict.valueOf(report.path("verdict").asText()));
      }
    }

    private void text(long of, JsonNode report) {
      String verdict = report.path("verdict").asText();
      answer
          .out()
          .printf("report %d of %s to %s: ", of, said(report, "/from"), said(report, "/to"));
      answer.print(TextTable.style(verdict), verdict);
      answer.out().println(" " + said(report, "/reasons"));
      answer
          .out()
          .printf(
              "%s rows compared, %s %% agree, %s explained, %s unexplained, %s lost, %s urgent"
                  + " missing; run %s%n",
              said(report, "/headline/compared"),
              said(report, "/rawConsistencyPercent"),
              said(report, "/headline/explained"),
              said(report, "/headline/unexplained"),
              said(report, "/headline/lost"),
              said(report, "/headline/urgentMissing"),
              said(report, "/id"));
      answer.list(
          report,
          report.path("advice"),
          List.of(Column.of("kind"), Column.of("next"), Column.of("verdict")),
          "No kind has a next step.");
      if (html != null) {
        answer.out().println("The page is in " + html);
      }
      answer.out().flush();
    }

    private static String said(JsonNode report, String pointer) {
      return Column.said(report.at(pointer));
    }

    private static long newest(Api router) {
      JsonNode reports = router.get("/api/reports", Map.of("limit", 1));
      if (reports.isEmpty()) {
        throw new ApiException(
            ExitCode.REFUSED, "No night was reported yet", "hint: 'nightly' does one now");
      }
      return reports.path(0).path("id").asLong();
    }
  }
}
