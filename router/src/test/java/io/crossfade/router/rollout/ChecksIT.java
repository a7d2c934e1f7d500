package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.operator.ConsoleClient;
import io.crossfade.stream.TestRedis;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Gates of one's own, measured at a server of one's own. */
class ChecksIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration BETWEEN_LOADS = Duration.ofSeconds(1);

  private final TestRedis redis = new TestRedis();
  private HttpServer shop;
  private volatile String answer = "{\"errors\": 0.2}";
  private ConfigurableApplicationContext router;
  private Http http;

  @BeforeEach
  void start() throws Exception {
    shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    shop.createContext(
        "/",
        exchange -> {
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(body.length == 0 ? 500 : 200, Math.max(1, body.length));
          exchange.getResponseBody().write(body.length == 0 ? new byte[1] : body);
          exchange.close();
        });
    shop.start();
    String url = "http://127.0.0.1:%d/health".formatted(shop.getAddress().getPort());
    router =
        TestRouterApplication.start(
            TestDatabase.newSchemas(),
            redis.port(),
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.rollout.compare-every=200ms",
                "--crossfade.rollout.decide-every=200ms",
                "--crossfade.reconciler.settle=3s",
                "--crossfade.gates.soak=0s",
                "--crossfade.gates.samples=100",
                "--crossfade.gates.checks[0].name=shop-errors",
                "--crossfade.gates.checks[0].kind=health",
                "--crossfade.gates.checks[0].url=" + url,
                "--crossfade.gates.checks[0].json=/errors",
                "--crossfade.gates.checks[0].at-most=0.5",
                "--crossfade.gates.checks[0].every=200ms",
                "--crossfade.gates.checks[0].timeout=20s",
                "--crossfade.gates.checks[0].rolls-back=true",
                "--crossfade.gates.checks[1].name=strict",
                "--crossfade.gates.checks[1].url=" + url,
                "--crossfade.gates.checks[1].json=/errors",
                "--crossfade.gates.checks[1].at-most=0.1",
                "--crossfade.gates.checks[1].every=200ms",
                "--crossfade.gates.checks[1].timeout=20s",
                "--crossfade.gates.checks[1].dry-run=true"));
    http = Http.of(router);
  }

  @AfterEach
  void stop() throws Exception {
    router.close();
    shop.stop(0);
    redis.close();
  }

  @Test
  void checkBlocksIsOverruledOnRecordAndSendsTheKindBack() throws Exception {
    answer = "{\"errors\": 0.75}";
    await("all gates but the check")
        .atMost(PATIENCE)
        .pollInterval(BETWEEN_LOADS)
        .until(
            () -> {
              send();
              return blocking().equals("CHECK shop-errors FAIL");
            });
    JsonNode refused = change(409, "");
    assertThat(refused.path("type").asText()).isEqualTo("urn:crossfade:problem:gates-not-passed");
    assertThat(refused.path("detail").asText())
        .matches(".*: CHECK shop-errors FAIL \\(0\\.75, limit ≤ 0\\.5, measured \\d+ s ago\\)");
    assertThat(http.get("/api/overview").json().at("/kinds/0/next/text").asText())
        .isEqualTo("canary 10 % is blocked by: Check shop-errors");
    assertShown();

    answer = "";
    await("no number is no pass").atMost(PATIENCE).until(() -> blocking().endsWith("INCONCLUSIVE"));
    assertThat(change(409, "").path("detail").asText())
        .contains("CHECK shop-errors INCONCLUSIVE (answered with status 500, limit ≤ 0.5, asked ");

    answer = "{\"errors\": 0.75}";
    change(200, ",\"force\":true");
    await("what fails under the new flags, too, sends it back")
        .atMost(PATIENCE)
        .until(() -> "shadow".equals(kind().path("stage").asText()));
    JsonNode history = http.get("/api/rollout/history?kind=health").json();
    assertThat(history.at("/0/origin").asText()).isEqualTo("AUTOPILOT");
    assertThat(history.at("/0/reason").asText()).startsWith("CHECK shop-errors: 0.75");
    assertThat(history.at("/1/forced").asBoolean()).isTrue();
    assertThat(history.at("/1/evidence").asText()).contains("\"name\":\"shop-errors\"");

    answer = "{\"errors\": 0.2}";
    await("all gates, though the one of a dry run fails")
        .atMost(PATIENCE)
        .pollInterval(BETWEEN_LOADS)
        .until(
            () -> {
              send();
              return blocking().isEmpty();
            });
    change(200, "");
    assertThat(gate("strict").path("verdict").asText()).isNotEqualTo("PASS");
  }

  private void assertShown() throws Exception {
    assertThat(gate("strict").path("dryRun").asBoolean()).isTrue();
    assertThat(gate("strict").path("figures").asText()).startsWith("0.75, limit ≤ 0.1");
    try (ConsoleClient console = ConsoleClient.of(router)) {
      console.logIn("viewer");
      assertThat(console.page("/console/rollout"))
          .contains("Check shop-errors", "0.75, limit ≤ 0.5, measured ")
          .contains("dry run: counts for nothing");
      assertThat(console.page("/console/rollout?lang=zh-CN"))
          .contains("0.75，限值 ≤ 0.5，测量于 ", "试运行：不计入判定");
    }
    String metrics = Http.ofManagement(router).get("/actuator/prometheus").raw().body();
    assertThat(metrics)
        .contains("crossfade_router_check_value{check=\"shop-errors\"} 0.75")
        .contains("crossfade_router_check_verdict{check=\"shop-errors\"} 2.0");
    assertThat(http.get("/api/rollout/kinds/event").json().path("gates").toString())
        .as("of another kind")
        .doesNotContain("shop-errors");
  }

  private void send() {
    String items =
        IntStream.range(0, 4_000)
            .mapToObj("{\"id\":\"C%d\",\"xlv\":70}"::formatted)
            .collect(Collectors.joining(","));
    assertThat(http.post("/upload_health_data", "{\"data\":[" + items + "]}").status())
        .isEqualTo(200);
  }

  private JsonNode kind() {
    return http.get("/api/rollout/kinds/health").json();
  }

  private JsonNode gate(String name) {
    return StreamSupport.stream(kind().path("gates").spliterator(), false)
        .filter(gate -> gate.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Gates that count and do not pass, for example {@code CHECK shop-errors FAIL}. */
  private String blocking() {
    return StreamSupport.stream(kind().path("gates").spliterator(), false)
        .filter(gate -> !gate.path("verdict").asText().equals("PASS"))
        .filter(gate -> !gate.path("dryRun").asBoolean())
        .map(
            gate ->
                "%s %s %s"
                    .formatted(
                        gate.path("gate").asText(),
                        gate.path("name").asText(),
                        gate.path("verdict").asText()))
        .collect(Collectors.joining("; "));
  }

  private JsonNode change(int status, String more) {
    Http.Answer changed =
        http.call(
            "POST",
            "/api/rollout/changes",
            ("{\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":10,\"reason\":\"test\","
                    + "\"version\":%d%s}")
                .formatted(http.get("/api/rollout").json().path("version").asLong(), more));
    assertThat(changed.status()).as(changed.raw().body()).isEqualTo(status);
    return changed.json();
  }
}
