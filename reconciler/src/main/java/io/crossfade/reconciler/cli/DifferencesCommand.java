package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.crossfade.reconciler.DifferenceOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what a run found, asking a router. */
@Command(
    name = "differences",
    mixinStandardHelpOptions = true,
    description = {
      "Lists what a run found, by the filters of the console; both values are health data.",
      "Asks a router. --format csv has all that match, without a limit."
    })
final class DifferencesCommand implements Callable<Integer> {

  private static final List<Column> COLUMNS =
      List.of(
          Column.at("table", "/difference/table"),
          Column.at("id", "/difference/id"),
          Column.at("class", "/difference/kind"),
          Column.of("explanation"),
          Column.of("repaired"),
          Column.at("device", "/difference/deviceSn"),
          Column.at("served by", "/difference/servedBy"),
          new Column("urgent", row -> row.at("/difference/urgent").asBoolean() ? "urgent" : ""),
          new Column("legacy → stream", DifferencesCommand::values));

  private static final int MOST_OF_A_PAGE = 1_000;

  @Mixin private ApiOptions api = new ApiOptions();
  @Mixin private AnswerOptions answer = new AnswerOptions();
  @Mixin private FilterOptions which = new FilterOptions();

  @Option(
      names = "--run",
      description =
          "Number of the run: see 'runs'; default: the newest that failed, else the newest")
  private @Nullable Long run;

  @Option(names = "--repaired", arity = "1", description = "Whether a repair has touched them")
  private @Nullable Boolean repaired;

  @Option(names = "--order", description = "${COMPLETION-CANDIDATES}; default: urgent ones first")
  private @Nullable DifferenceOrder order;

  @Option(names = "--limit", defaultValue = "100", description = "default: ${DEFAULT-VALUE}")
  private int limit;

  @Override
  public Integer call() {
    Map<String, Object> filter = which.parameters();
    if (repaired != null) {
      filter.put("repaired", repaired);
    }
    try (Api router = api.open()) {
      long of = run == null ? newest(router) : run;
      String path = "/api/reconciler/runs/%d/differences".formatted(of);
      if (answer.isCsv()) {
        answer.out().print(router.text(path + ".csv", filter));
        answer.out().flush();
        return ExitCode.PASS;
      }
      ObjectNode found = found(router, path, filter);
      found.put("run", of);
      JsonNode rows = found.path("differences");
      if (answer.isText()) {
        answer
            .out()
            .printf(
                "run %d: %d differ by this filter, %d of them not repaired; %d are listed%n",
                of, found.path("total").asLong(), found.path("unrepaired").asLong(), rows.size());
      }
      answer.list(found, rows, COLUMNS, "No row differs by this filter.");
    }
    return ExitCode.PASS;
  }

  /** Pages, until there are as many as wanted. */
  private ObjectNode found(Api router, String path, Map<String, Object> filter) {
    Map<String, Object> asked = new LinkedHashMap<>(filter);
    if (order != null) {
      asked.put("order", order);
    }
    ArrayNode rows = AnswerOptions.array();
    ObjectNode all = AnswerOptions.object();
    JsonNode page;
    do {
      asked.put("limit", Math.clamp(limit - rows.size(), 1, MOST_OF_A_PAGE));
      page = router.get(path, asked);
      page.path("differences").forEach(rows::add);
      all.set("total", page.path("total"));
      all.set("unrepaired", page.path("unrepaired"));
      asked.put("after", page.path("next").asText());
    } while (page.hasNonNull("next") && rows.size() < limit);
    all.set("differences", rows);
    return all;
  }

  private static long newest(Api router) {
    JsonNode runs = router.get("/api/reconciler").path("runs");
    for (JsonNode one : runs) {
      if (one.path("finished").asBoolean() && "FAIL".equals(one.path("verdict").asText())) {
        return one.path("id").asLong();
      }
    }
    if (runs.isEmpty()) {
      throw new ApiException(ExitCode.REFUSED, "Nothing was compared yet", "hint: 'compare'");
    }
    return runs.path(0).path("id").asLong();
  }

  private static String values(JsonNode row) {
    return StreamSupport.stream(row.at("/difference/fields").spliterator(), false)
        .map(
            field ->
                "%s: %s → %s"
                    .formatted(
                        field.path("column").asText(),
                        field.path("legacy").asText("NULL"),
                        field.path("stream").asText("NULL")))
        .collect(Collectors.joining("; "));
  }
}
