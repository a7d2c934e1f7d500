package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.Kind;
import io.crossfade.db.OutputTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Which kinds there are, dashboards and alerts ask the metrics: a file may define others. */
class DashboardKindsTest {

  private static final Path GRAFANA = Path.of("../grafana");

  @Test
  void noDashboardAndNoAlertKnowsAKindByName() throws IOException {
    assertThat(named("by (kind) (x{kind=\"health\"})")).containsExactly("health");
    assertThat(named("urgent_event_stream, t_device_info")).hasSize(2);
    for (Path file : files()) {
      assertThat(named(Files.readString(file))).as(file.toString()).isEmpty();
    }
  }

  @Test
  void dashboardsListTheKindsThatMetricsHave() throws IOException {
    int found = 0;
    for (Path file : files()) {
      if (!file.toString().endsWith(".json")) {
        continue;
      }
      JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
      for (JsonNode variable : dashboard.at("/templating/list")) {
        if (variable.path("name").asText().equals("kind")) {
          found++;
          assertThat(variable.path("type").asText()).as(file.toString()).isEqualTo("query");
          assertThat(variable.path("query").asText()).contains("label_values(", ", kind)");
        }
      }
    }
    assertThat(found).isPositive();
  }

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>(List.of(GRAFANA.resolve("alerts/crossfade.yaml")));
    try (var dashboards = Files.list(GRAFANA.resolve("dashboards"))) {
      dashboards.filter(file -> file.toString().endsWith(".json")).forEach(files::add);
    }
    assertThat(files).hasSizeGreaterThan(2);
    return files;
  }

  /** Names of kinds, and of what is theirs, in a text. */
  private static TreeSet<String> named(String text) {
    List<String> names = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      names.add(kind.label());
      names.add(kind.definition().streams().ordinary());
      String urgent = kind.definition().streams().urgent();
      if (urgent != null) {
        names.add(urgent);
      }
      OutputTables.of(kind).forEach(table -> names.add(table.name()));
    }
    Matcher matcher =
        Pattern.compile(
                names.stream()
                    .map(Pattern::quote)
                    .collect(Collectors.joining("|", "(?<![\\w$])(", ")(?!\\w)")),
                Pattern.CASE_INSENSITIVE)
            .matcher(text);
    TreeSet<String> found = new TreeSet<>();
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }
}
