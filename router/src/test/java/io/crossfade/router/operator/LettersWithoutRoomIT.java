package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.TestOutputs;
import io.crossfade.router.Http;
import io.crossfade.router.IdleBudget;
import io.crossfade.router.TestRouterApplication;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Somebody sends what no letter has room for. */
class LettersWithoutRoomIT {

  private static ConfigurableApplicationContext router;
  private static Http http;

  @BeforeAll
  static void start() {
    router =
        TestRouterApplication.start(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.letters.per-minute=1000000",
                "--crossfade.letters.max-bytes=6KB"));
    http = Http.of(router);
  }

  @AfterAll
  static void stop() {
    IdleBudget.closeOnceIdle(router);
  }

  @Test
  void devicesAreAnsweredAsBeforeAndPeopleAreTold() throws Exception {
    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () ->
                assertThat(health().path("status").asText())
                    .as(() -> health().toPrettyString())
                    .isEqualTo("UP"));
    String[] answers = new String[2];
    for (int i = 0; i < answers.length; i++) {
      String items =
          IntStream.range(i * 40, i * 40 + 40)
              .mapToObj("{\"heart_rate\":%d}"::formatted)
              .collect(Collectors.joining(",", "[", "]"));
      Http.Answer answer = http.post("/upload_health_data", "{\"data\":" + items + "}");
      assertThat(answer.status()).isEqualTo(200);
      answers[i] = answer.raw().body();
    }
    assertThat(answers[1]).as("without any room").isEqualTo(answers[0]);
    DataSource control = router.getBean("controlDataSource", DataSource.class);
    long kept = TestOutputs.number(control, "SELECT COUNT(*) FROM dead_letter");
    assertThat(kept).isBetween(5L, 11L);

    JsonNode intake = standing();
    assertThat(intake.path("dropped").asLong()).isEqualTo(80 - kept);
    assertThat(intake.path("maxBytes").asLong()).isEqualTo(6 * 1024);
    assertThat(intake.path("bytes").asLong()).isLessThanOrEqualTo(6 * 1024).isPositive();
    JsonNode letters = health().at("/components/letter");
    assertThat(letters.path("status").asText()).isEqualTo("DEGRADED");
    assertThat(letters.at("/details/intake").asText()).contains("no room for " + (80 - kept));
    assertThat(management("/actuator/prometheus").raw().body())
        .contains(
            "crossfade_letters_dropped_total{reason=\"total\",source=\"intake\"} " + (80 - kept))
        .contains("crossfade_letters_dropped_total{reason=\"per-minute\",source=\"intake\"} 0.0");

    http.awaitAlert("LETTERS_DROPPED", "found no room");
    http.awaitAlert("LETTERS_OF_INTAKE", kept + " dead letters are open");

    try (ConsoleClient operator = ConsoleClient.of(router)) {
      operator.logIn("operator");
      assertThat(operator.page("/console/dead-letters"))
          .contains("there was no room for " + (80 - kept) + " letters since")
          .contains("intake: no record: there was");
    }
  }

  private static JsonNode standing() {
    for (JsonNode one : http.get("/api/dead-letters/quota").json()) {
      if ("INTAKE".equals(one.path("source").asText())) {
        return one;
      }
    }
    throw new AssertionError("No standing of what devices send");
  }

  private static JsonNode health() {
    return management("/actuator/health").json();
  }

  private static Http.Answer management(String path) {
    String port = String.valueOf(router.getEnvironment().getProperty("local.management.port"));
    return new Http(Integer.parseInt(port)).get(path);
  }
}
