package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.operator.ConsoleClient;
import io.crossfade.stream.TestRedis;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;

/**
 * Everything that a person can look at, where a file defines kinds: every page and every question
 * of the API is found, not listed.
 */
class OperatorSurfaceIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** One with tenants and urgent records, and one that has neither, nor a table of states. */
  private static final String KINDS =
      """
      kinds:
        - name: orders
          code: 16
          fields:
            - order_no: text(40)
            - changed: instant
            - customer: integer
            - shop: integer
            - amount: { type: "decimal(12,2)", required: true }
            - express: { type: boolean, default: false }
          identity: order_no
          time: changed
          cohort: customer
          tenant: shop
          priority: { field: express, values: [true] }
          queue: { capacity: 1000, batch: 50, writers: 1, flush-after: 200ms }
          tables:
            - orders
            - name: order_state
              keep: latest
      """;

  private static final String READINGS =
      """
        - name: readings
          code: 17
          fields:
            - meter: text(40)
            - at: instant
            - kwh: double
          identity: meter
          time: at
          cohort: meter
          queue: { capacity: 1000, batch: 50, writers: 1, flush-after: 200ms }
          tables: [readings]
      """;

  /** Answers that end only with the one who asks. */
  private static final Set<String> ENDLESS = Set.of("/console/live");

  @TempDir private Path directory;
  private DbSettings schemas;
  private String prefix;

  @BeforeEach
  void prepare() {
    schemas = TestDatabase.newSchemas();
    prefix = TestRedis.newPrefix();
  }

  @Test
  void routerOfOrdersAloneShowsOrders() throws Exception {
    try (RouterProcess router = start("file:", KINDS)) {
      Http http = router.http();
      fill(http, "A");
      Map<String, String> pages = walk(router, "orders", "order_state");

      assertThat(pages.get("/console")).contains("data-kind=\"orders\"").doesNotContain("health");
      assertThat(pages.get("/console/device?sn=4711"))
          .contains("<span>customer</span>", "shop (optional)")
          .doesNotContain("Serial number", "health");
      assertThat(pages.get("/console/device?sn=4711&lang=zh-CN")).contains("shop（可选）");
      assertThat(pages.values()).anyMatch(page -> page.contains("1 urgent records missing"));
      assertThat(pages.get("/console"))
          .contains("1 urgent records are missing in an output, 1 of them without an explanation")
          .contains("rows differ without an explanation; found in the last 7 days")
          .contains("1 dead letters are open: uploads that could not be read")
          .containsPattern("href=\"/console/differences\\?run=\\d+&amp;kind=orders\"")
          .doesNotContain("Nothing needs you");
      assertThat(pages.get("/console?lang=zh-CN")).contains("有 1 条紧急记录在某个输出中缺失");
      assertAllThatIsSaidIsShown(router);
      JsonNode next = new ObjectMapper().readTree(pages.get("/api/overview")).at("/kinds/0/next");
      assertThat(next.path("state").asText()).isEqualTo("blocked");
      assertThat(next.path("text").asText()).startsWith("canary 10 % is blocked by: ");
      assertThat(pages.get("/console")).contains(next.path("text").asText());
      assertThat(pages.get("/console?lang=zh-CN")).contains("受阻于：");
      assertThat(pages.get("/api/rollout")).doesNotContain("health");
      assertThat(http.get("/api/rollout/kinds/health").json().path("detail").asText())
          .isEqualTo("kind health is not one of orders, all");

      // Of customers 4711 (twice, of two shops) and 4712: all of one shop, nobody else.
      JsonNode all = plan(http, "orders", "\"percentage\":100,\"stage\":\"live\"");
      assertThat(all.path("known").asInt()).isEqualTo(2);
      assertThat(all.path("toStream").asInt()).isEqualTo(2);
      JsonNode shop =
          plan(http, "orders", "\"percentage\":1,\"stage\":\"canary\",\"allowCustomers\":[8]");
      assertThat(shop.path("known").asInt()).as("customers of shops").isEqualTo(3);
      assertThat(shop.path("members").asInt()).isEqualTo(1);
      assertQuiet(router);
    }
  }

  @Test
  void watchesAndKindsOfAFileStandSideBySideAndWhatIsGoneHurtsNobody() throws Exception {
    try (RouterProcess router = start("watches,file:", KINDS + READINGS)) {
      Http http = router.http();
      http.post("/upload_health_data", Http.health("SURFACE-1", 1));
      http.post("/upload_device_info", "{\"SerialNumber\":\"SURFACE-1\"}");
      http.post("/upload_common_event", "{\"deviceSn\":\"SURFACE-1\",\"eventType\":\"SOS_EVENT\"}");
      http.post("/upload_health_data", "[{\"heart_rate\":72}]");
      http.post(
          "/upload_readings", "{\"meter\":\"M-1\",\"at\":\"2026-11-27T08:00:00Z\",\"kwh\":1.5}");
      rule(http, "health");
      rule(http, "readings");
      fill(http, "A");
      Map<String, String> pages = walk(router, "orders", "order_state");
      assertThat(pages.get("/console"))
          .contains(">Health<", ">Device<", ">Event<", ">orders<", ">readings<");
      assertThat(pages.get("/console?lang=zh-CN")).contains(">健康数据<", ">orders<");
      assertThat(pages.get("/console/device?sn=4711"))
          .contains("Serial number", "meter", "Customer (optional)", "shop (optional)");
      assertThat(
              plan(http, "health", "\"percentage\":100,\"stage\":\"live\"").path("known").asInt())
          .isEqualTo(1);
      assertThat(
              plan(http, "readings", "\"percentage\":100,\"stage\":\"live\"").path("known").asInt())
          .isEqualTo(1);
      assertQuiet(router);
      router.stop();
    }
    // What the others left stays where it is: runs, letters, rules, accounts, flags, history.
    try (RouterProcess router = start("file:", KINDS)) {
      fill(router.http(), "B");
      Map<String, String> pages = walk(router, "orders", "order_state");
      assertThat(pages.get("/console")).doesNotContain(">readings<", ">Health<");
      assertQuiet(router);
    }
  }

  private RouterProcess start(String setting, String kinds) throws Exception {
    Path file = directory.resolve("kinds.yaml");
    Files.writeString(file, kinds);
    List<String> arguments =
        new ArrayList<>(RouterProcess.arguments(schemas, TestRedis.sharedPort(), prefix));
    arguments.add("--crossfade.reconciler.settle=500ms");
    arguments.add("--crossfade.reconciler.nightly.cron=* * * * * *");
    arguments.add("--crossfade.kinds=" + setting + file);
    return new RouterProcess(RouterApplication.class, arguments);
  }

  /** Rows in both outputs, one that differs, a letter, a report, a rollback, a comparison. */
  private void fill(Http http, String number) throws Exception {
    http.post("/upload_orders", order(number + "-1", 4711, 7, true));
    http.post("/upload_orders", order(number + "-2", 4711, 8, false));
    http.post("/upload_orders", order(number + "-3", 4712, 7, false));
    http.post("/upload_orders", "[{\"order_no\":\"%s-4\"}]".formatted(number));
    await()
        .atMost(PATIENCE)
        .until(() -> rows(schemas.legacy(), number) == 3 && rows(schemas.stream(), number) == 3);
    execute("DELETE FROM %s.orders WHERE order_no = '" + number + "-1'", schemas.stream());
    execute(
        "UPDATE %s.order_state SET amount = 1 WHERE order_no = '" + number + "-2'",
        schemas.legacy());
    rule(http, "orders");
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              JsonNode before = finished(http);
              http.call(
                  "POST",
                  "/api/reconciler/runs",
                  "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"%s\"}".formatted(Instant.now()));
              await()
                  .atMost(PATIENCE)
                  .until(() -> finished(http).path("id").asLong() > before.path("id").asLong());
              return finished(http).path("headline").path("unexplained").asInt() >= 2;
            });
    await().atMost(PATIENCE).until(() -> !http.get("/api/reports").json().isEmpty());
  }

  /**
   * Looks at everything, as an operator and as a viewer, in both languages.
   *
   * @return pages and answers by their paths
   */
  private static Map<String, String> walk(RouterProcess router, String kind, String table)
      throws Exception {
    Http http = router.http();
    JsonNode run = finished(http);
    JsonNode difference =
        http.get("/api/reconciler/runs/" + run.path("id").asLong() + "/differences?kind=" + kind)
            .json()
            .path("differences")
            .path(0)
            .path("difference");
    JsonNode letter = http.get("/api/dead-letters?kind=" + kind).json().path(0);
    change(http, kind, "\"percentage\":1,\"stage\":\"canary\",\"force\":true", false);
    String rollback =
        http.call(
                "POST",
                "/api/rollout/rollbacks",
                "{\"kind\":\"%s\",\"reason\":\"try\",\"to\":\"shadow\"}".formatted(kind))
            .json()
            .path("id")
            .asText();
    assertThat(rollback).isNotEmpty();
    String report = http.get("/api/reports").json().path(0).path("id").asText();
    String act = http.get("/api/audit?kind=" + kind).json().path(0).path("id").asText();
    List<String> paths = new ArrayList<>();
    for (String found : questions()) {
      String id = difference.path("id").asText();
      paths.add(
          found
              .replace(
                  "/rows/{table}/{id}", "/rows/" + difference.path("table").asText() + "/" + id)
              .replace("rollbacks/{id}", "rollbacks/" + rollback)
              .replace("reports/{id}", "reports/" + report)
              .replace("audit/{id}", "audit/" + act)
              .replace("runs/{id}", "runs/" + run.path("id").asLong())
              .replace("{run}", run.path("id").asText())
              .replace("{source}", letter.path("source").asText().toLowerCase(Locale.ROOT))
              .replace("{key}", letter.path("key").asText())
              .replace("{sn}", "4711")
              .replace("{kind}", kind)
              .replace("/gates", "/gates?kind=" + kind));
    }
    assertThat(paths).hasSizeGreaterThan(25).noneMatch(path -> path.contains("{"));
    paths.remove("/console/device");
    paths.addAll(
        List.of(
            "/console/device?sn=4711",
            "/console/device?sn=4711&customer=7",
            "/console/rollout/gates?kind=" + kind,
            "/console/differences?kind=" + kind,
            "/console/differences?run=" + run.path("id").asLong() + "&kind=" + kind,
            "/console/dead-letters?kind=" + kind,
            "/api/reconciler/devices/4711",
            "/api/dead-letters?kind=" + kind,
            "/api/rollout/history?kind=" + kind));
    for (JsonNode one : http.get("/api/rollout").json().path("kinds")) {
      paths.add("/console/rollout/gates?kind=" + one.path("kind").asText());
      paths.add("/api/rollout/kinds/" + one.path("kind").asText());
    }
    for (JsonNode one : http.get("/api/reconciler").json().path("runs")) {
      paths.add("/console/differences?run=" + one.path("id").asText());
      paths.add("/api/reconciler/runs/" + one.path("id").asText() + "/differences");
    }
    Map<String, String> pages = new HashMap<>();
    URI base = URI.create("http://127.0.0.1:" + router.port());
    for (String user : List.of("viewer", "operator")) {
      try (ConsoleClient console = new ConsoleClient(base)) {
        console.logIn(user);
        for (String path : paths) {
          for (String language : List.of("zh-CN", "en")) {
            if (path.startsWith("/console")) {
              String asked = path + (path.contains("?") ? "&" : "?") + "lang=" + language;
              String page = console.page(asked);
              assertThat(page).as(asked).doesNotContain("??", "Exception");
              pages.put(language.equals("en") ? path : asked, page);
            }
          }
          if (path.startsWith("/api")) {
            Http.Answer answer = http.as(user).get(path);
            assertThat(answer.status()).as(path + ": " + answer.raw().body()).isEqualTo(200);
            assertThat(answer.raw().body()).as(path).doesNotContain("??");
            pages.put(path, answer.raw().body());
          }
        }
      }
    }
    assertThat(pages.get("/console/rollout")).contains("id=\"kind-" + kind + "\"");
    return pages;
  }

  /** Paths of everything that only looks. */
  private static Set<String> questions() throws ClassNotFoundException {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(Controller.class));
    Set<String> paths = new TreeSet<>();
    for (var bean : scanner.findCandidateComponents("io.crossfade")) {
      Class<?> type = Class.forName(bean.getBeanClassName());
      List<String> prefixes = paths(MergedAnnotations.from(type));
      for (var method : type.getDeclaredMethods()) {
        var mapping = MergedAnnotations.from(method);
        if (mapping.isPresent(RequestMapping.class)
            && List.of(mapping.get(RequestMapping.class).synthesize().method())
                .contains(RequestMethod.GET)) {
          for (String before : prefixes) {
            paths(mapping).forEach(path -> paths.add(before + path));
          }
        }
      }
    }
    paths.removeAll(ENDLESS);
    return paths;
  }

  private static List<String> paths(MergedAnnotations of) {
    if (!of.isPresent(RequestMapping.class)) {
      return List.of("");
    }
    List<String> paths = List.of(of.get(RequestMapping.class).synthesize().path());
    return paths.isEmpty() ? List.of("") : paths;
  }

  /** What a change would do to those that it selects from. */
  private static JsonNode plan(Http http, String kind, String change) {
    return change(http, kind, change, true).path("steps").path(0).path("devices");
  }

  private static JsonNode change(Http http, String kind, String change, boolean dryRun) {
    Http.Answer answer =
        http.call(
            "POST",
            "/api/rollout/changes",
            "{\"kind\":\"%s\",%s,\"version\":%d,\"reason\":\"try\",\"dryRun\":%s}"
                .formatted(
                    kind,
                    change,
                    http.get("/api/rollout").json().path("version").asLong(),
                    dryRun));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    return answer.json();
  }

  private static void rule(Http http, String kind) {
    Http.Answer answer =
        http.call(
            "POST",
            "/api/reconciler/rules",
            "{\"kind\":\"%s\",\"device\":\"none\",\"reason\":\"try\",\"until\":\"%s\"}"
                .formatted(kind, Instant.now().plus(Duration.ofDays(1))));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
  }

  private static void assertQuiet(RouterProcess router) {
    // The accounting may see that the test has deleted a row, and says so.
    assertThat(router.log().lines().filter(line -> !line.contains("in no output of their path")))
        .noneMatch(line -> line.contains(" ERROR "))
        .noneMatch(line -> line.contains("\tat "))
        .noneMatch(line -> line.contains("Exception"));
  }

  /**
   * The console and the API say the same of what needs a person, in the same order; what is found
   * between two calls is in the next ones.
   */
  private static void assertAllThatIsSaidIsShown(RouterProcess router) throws Exception {
    try (ConsoleClient console =
        new ConsoleClient(URI.create("http://127.0.0.1:" + router.port()))) {
      console.logIn("viewer");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                List<String> said = new ArrayList<>();
                router
                    .http()
                    .get("/api/overview")
                    .json()
                    .path("alerts")
                    .forEach(alert -> said.add(alert.path("condition").asText()));
                assertThat(
                        Pattern.compile("data-condition=\"(\\w+)\"")
                            .matcher(console.page("/console?lang=en"))
                            .results()
                            .map(shown -> shown.group(1)))
                    .isNotEmpty()
                    .containsExactlyElementsOf(said);
              });
    }
  }

  /** The newest run on demand that has ended. */
  private static JsonNode finished(Http http) {
    for (JsonNode run : http.get("/api/reconciler").json().path("runs")) {
      if (run.path("origin").asText().equalsIgnoreCase("on_demand")
          && run.path("finished").asBoolean()) {
        return run;
      }
    }
    return MissingNode.getInstance();
  }

  private static String order(String number, int customer, int shop, boolean express) {
    return """
    {"order_no":"%s","changed":"2026-11-27T08:00:00Z","customer":%d,"shop":%d,"amount":"12.50",\
    "express":%s}\
    """
        .formatted(number, customer, shop, express);
  }

  private static long rows(DbSettings.Schema output, String number) throws Exception {
    return Long.parseLong(
        TestDatabase.query(
                "SELECT COUNT(*) FROM %s.orders WHERE order_no LIKE '%s-%%'"
                    .formatted(TestDatabase.nameOf(output), number))
            .getFirst());
  }

  private static void execute(String sql, DbSettings.Schema output) throws Exception {
    TestDatabase.execute(sql.formatted(TestDatabase.nameOf(output)));
  }
}
