package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.TestServers;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.yaml.snakeyaml.Yaml;

/** Every query of every panel and alert, asked of a real Prometheus that scrapes a real router. */
class MonitoringIT {

  private static final Path GRAFANA = Path.of("../grafana");
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;

  @Test
  void everyPanelAndEveryAlertHasData() throws Exception {
    int port = TestServers.freePort();
    Process prometheus = null;
    try (ConfigurableApplicationContext router =
        TestRouterApplication.start(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.rollout.compare-every=500ms",
                "--crossfade.reconciler.settle=200ms",
                "--crossfade.accounting.every=500ms",
                "--crossfade.reconciler.nightly.cron=* * * * * *"))) {
      prometheus = prometheus(port, router);
      await("Prometheus").atMost(PATIENCE).until(() -> ready(port));
      Http http = Http.of(router);
      Map<String, String> queries = new LinkedHashMap<>(panels());
      queries.putAll(alerts());
      assertThat(queries).hasSizeGreaterThan(60);
      int[] second = {0};
      await("data for all queries")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                upload(http, second[0]++);
                for (Iterator<String> query = queries.values().iterator(); query.hasNext(); ) {
                  if (hasData(port, query.next())) {
                    query.remove();
                  }
                }
                return queries;
              },
              Map::isEmpty);
    } finally {
      if (prometheus != null) {
        prometheus.destroy();
        assertThat(prometheus.waitFor(30, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  @Test
  void everyAlertFiresOnWhatItIsForAndNotBesideIt() throws Exception {
    Path promtool = Path.of(binary()).resolveSibling("promtool");
    Path log = directory.resolve("promtool.log");
    Process test =
        new ProcessBuilder(promtool.toString(), "test", "rules", "crossfade_test.yaml")
            .directory(GRAFANA.resolve("alerts").toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertThat(test.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(test.exitValue()).as(Files.readString(log)).isZero();
    JsonNode cases = yaml("crossfade_test.yaml").path("tests");
    for (JsonNode rule : rules()) {
      List<String> names = cases.findValuesAsText("name");
      assertThat(names)
          .contains(
              rule.path("alert").asText() + " fires", rule.path("alert").asText() + " is quiet");
    }
  }

  /** Its numbers and their absence as a gate sees them, over its own address. */
  @Test
  void checksAskARealPrometheus() throws Exception {
    int port = TestServers.freePort();
    List<String> arguments =
        new ArrayList<>(List.of("--server.port=0", "--management.server.port=0"));
    Map<String, String> queries =
        Map.of(
            "one", "sum(crossfade_router_stage) / 3",
            "none", "sum(no_such_metric)",
            "nan", "0 * sum(crossfade_router_stage) / 0",
            "three", "crossfade_router_stage",
            "bad", "sum(");
    List<String> names = List.copyOf(queries.keySet());
    for (int i = 0; i < names.size(); i++) {
      String check = "--crossfade.gates.checks[%d].".formatted(i);
      arguments.add(check + "name=" + names.get(i));
      arguments.add(check + "prometheus=http://127.0.0.1:" + port);
      arguments.add(check + "query=" + queries.get(names.get(i)));
      arguments.add(check + "at-most=1");
      arguments.add(check + "every=200ms");
    }
    Process prometheus = null;
    try (ConfigurableApplicationContext router = TestRouterApplication.start(arguments)) {
      prometheus = prometheus(port, router);
      Http http = Http.of(router);
      for (Map.Entry<String, String> said :
          Map.of(
                  "one", "1, limit ≤ 1, measured ",
                  "none", "answered with no data",
                  "nan", "answered without a number",
                  "three", "answered with 3 series",
                  "bad", "answered with status 400")
              .entrySet()) {
        await(said.getKey())
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(figures(http, said.getKey())).startsWith(said.getValue()));
      }
    } finally {
      if (prometheus != null) {
        prometheus.destroy();
        assertThat(prometheus.waitFor(30, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  private static String figures(Http http, String check) {
    for (JsonNode gate : http.get("/api/rollout/kinds/health").json().path("gates")) {
      if (check.equals(gate.path("name").asText())) {
        return gate.path("figures").asText();
      }
    }
    throw new AssertionError("No check " + check);
  }

  private Process prometheus(int port, ConfigurableApplicationContext router) throws IOException {
    Path config = directory.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: {scrape_interval: 1s}
        scrape_configs:
          - job_name: crossfade
            metrics_path: /actuator/prometheus
            static_configs: [{targets: ['127.0.0.1:%s']}]
        """
            .formatted(router.getEnvironment().getProperty("local.management.port")));
    return new ProcessBuilder(
            binary(),
            "--config.file=" + config,
            "--storage.tsdb.path=" + directory.resolve("data"),
            "--web.listen-address=127.0.0.1:" + port)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("prometheus.log").toFile())
        .start();
  }

  private static void upload(Http http, int second) {
    for (String version : List.of("", "_v2")) {
      http.post("/upload_health_data" + version, Http.health("MON" + version, second));
      http.post("/upload_device_info" + version, "{\"SerialNumber\":\"MON\"}");
      http.post(
          "/upload_common_event" + version,
          "{\"deviceSn\":\"MON%d\",\"eventType\":\"SOS_EVENT\"}".formatted(second));
    }
  }

  /** It listens before it has read its files. */
  private static boolean ready(int port) throws IOException, InterruptedException {
    try {
      return get(port, "/-/ready").statusCode() == 200;
    } catch (ConnectException e) {
      return false;
    }
  }

  private static boolean hasData(int port, String query) throws IOException, InterruptedException {
    String answer =
        get(port, "/api/v1/query?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8)).body();
    JsonNode json = JSON.readTree(answer);
    assertThat(json.path("status").asText()).as(query + answer).isIn("success", "");
    return !json.at("/data/result").isEmpty();
  }

  private static HttpResponse<String> get(int port, String path)
      throws IOException, InterruptedException {
    return CLIENT.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        BodyHandlers.ofString());
  }

  private static Map<String, String> panels() throws IOException {
    Map<String, String> queries = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(GRAFANA.resolve("dashboards"))) {
      for (Path file : files.sorted().toList()) {
        for (JsonNode panel : JSON.readTree(Files.readString(file)).path("panels")) {
          for (JsonNode target : panel.path("targets")) {
            queries.put(
                file.getFileName() + ": " + panel.path("title").asText() + target.path("refId"),
                target.path("expr").asText().replace("$instance", ".*").replace("$kind", ".*"));
          }
        }
      }
    }
    return queries;
  }

  /** What alerts compare with their limits: the limit itself leaves nothing while all is well. */
  private static Map<String, String> alerts() throws IOException {
    Map<String, String> queries = new LinkedHashMap<>();
    for (JsonNode rule : rules()) {
      for (String side : rule.path("expr").asText().split(" (or|unless) ")) {
        String query =
            side.replaceAll("^\\((.*[0-9])\\)$", "$1").replaceAll(" (>|<|==) [0-9.]+$", "");
        assertThat(query).isNotEqualTo(side);
        queries.put(rule.path("alert").asText() + " " + query, query);
      }
    }
    return queries;
  }

  private static List<JsonNode> rules() throws IOException {
    List<JsonNode> rules = new ArrayList<>();
    yaml("crossfade.yaml").at("/groups/0/rules").forEach(rules::add);
    assertThat(rules).isNotEmpty();
    return rules;
  }

  private static JsonNode yaml(String name) throws IOException {
    return JSON.valueToTree(
        new Yaml().<Object>load(Files.readString(GRAFANA.resolve("alerts").resolve(name))));
  }

  private static String binary() {
    return java.util.Objects.requireNonNull(
        System.getProperty("crossfade.test.prometheus"), "-Dcrossfade.test.prometheus");
  }
}
