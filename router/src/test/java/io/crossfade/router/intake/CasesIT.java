package io.crossfade.router.intake;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.Kind;
import io.crossfade.db.TestOutputs;
import io.crossfade.router.Http;
import io.crossfade.router.IdleBudget;
import io.crossfade.router.TestComparisons;
import io.crossfade.router.TestRouterApplication;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** Every case file's upload over HTTP, and what becomes of it in both outputs and the letters. */
@ExtendWith(OutputCaptureExtension.class)
class CasesIT {

  private static ConfigurableApplicationContext router;
  private static Http http;
  private static List<DataSource> outputs;
  private static String log;
  private static final Map<String, Http.Answer> ANSWERS = new HashMap<>();

  @BeforeAll
  static void sendAll(CapturedOutput output) {
    router = TestRouterApplication.start(List.of("--server.port=0", "--management.server.port=0"));
    http = Http.of(router);
    outputs =
        List.of(
            router.getBean("legacyDataSource", DataSource.class),
            router.getBean("streamDataSource", DataSource.class));
    cases().forEach(one -> ANSWERS.put(one.path("name").asText(), send(one)));
    await().atMost(Duration.ofMinutes(3)).until(() -> TestComparisons.areDrained(router));
    log = output.getAll();
  }

  @AfterAll
  static void stop() {
    IdleBudget.closeOnceIdle(router);
  }

  @ParameterizedTest
  @MethodSource("names")
  void everyCaseHasATest(String name) {
    assertThat(Stream.of(CasesIT.class.getDeclaredMethods()).map(m -> words(m.getName())))
        .contains(name.replace("-", ""));
  }

  @Test
  void noCaseLeavesAStackTrace() {
    assertThat(log).doesNotContain("\tat io.crossfade.router.intake");
  }

  @Test
  void numberBeyondAnyExponent() {
    succeeded("number-beyond-any-exponent");
    for (DataSource output : outputs) {
      assertThat(health(output, "CASE01")).contains("heart_rate=null");
      assertThat(health(output, "CASE02")).contains("heart_rate=72");
    }
  }

  @Test
  void numberBeyondAnyExponentInAString() {
    succeeded("number-beyond-any-exponent-in-a-string");
    for (DataSource output : outputs) {
      assertThat(event(output, "CASE03")).contains("event_type=SOS_EVENT");
      assertThat(health(output, "CASE03")).contains("heart_rate=null").contains("blood_oxygen=97");
    }
  }

  @Test
  void emptyListUnderData() {
    succeeded("empty-list-under-data");
    for (DataSource output : outputs) {
      assertThat(health(output, "CASE04")).contains("heart_rate=72");
    }
  }

  @Test
  void wrapperThatLostItsSerial() {
    succeeded("wrapper-that-lost-its-serial");
    for (DataSource output : outputs) {
      assertThat(health(output, "CASE05")).contains("heart_rate=72");
    }
    assertThat(letters("CASE05")).hasSize(1);
    http.post(
        "/upload_health_data",
        "{\"data\":{\"deviceSn\":\"CASE05B\",\"heart_rate\":72,\"timestamp\":1764200003,"
            + "\"data\":{\"x\":1}}}");
    assertThat(letters("CASE05B")).as("not the same letter as CASE05's").hasSize(1);
  }

  @Test
  void emptySerialWithAnAlias() {
    succeeded("empty-serial-with-an-alias");
    for (DataSource output : outputs) {
      assertThat(health(output, "CASE06"))
          .contains("heart_rate=72")
          .contains("timestamp=2026-01-02T03:04:05");
    }
  }

  @Test
  void aValueKeepsItsForm() {
    succeeded("a-value-keeps-its-form");
    for (DataSource output : outputs) {
      assertThat(event(output, "CASE07")).contains("event_value=120.0,");
    }
  }

  @Test
  void aStructuredValue() {
    succeeded("a-structured-value");
    for (DataSource output : outputs) {
      assertThat(event(output, "CASE08")).contains("event_value={\"v\":120},");
    }
  }

  @Test
  void aFactThatIsNoJson() {
    succeeded("a-fact-that-is-no-json");
    for (DataSource output : outputs) {
      assertThat(health(output, "CASE09")).contains("heart_rate=72");
    }
    assertThat(letters("CASE09")).hasSize(1);
    assertThat(letters("CASE09").getFirst().path("reason").asText()).isEqualTo("FACT_UNREADABLE");
  }

  @Test
  void isoTimesOfABacklog() {
    succeeded("iso-times-of-a-backlog");
    for (DataSource output : outputs) {
      assertThat(rows(output, Kind.HEALTH, "CASE10"))
          .hasSize(3)
          .anyMatch(row -> row.contains("timestamp=2025-09-14T08:15"))
          .anyMatch(row -> row.contains("timestamp=2025-09-14T08:20"))
          .anyMatch(row -> row.contains("timestamp=2025-09-14T08:25"));
    }
  }

  @Test
  void oneItemTooDeep() {
    succeeded("one-item-too-deep");
    for (DataSource output : outputs) {
      assertThat(health(output, "CASE11")).contains("heart_rate=72");
      assertThat(health(output, "CASE12")).contains("heart_rate=72");
    }
  }

  @Test
  void identityEncoding() {
    succeeded("identity-encoding");
    for (DataSource output : outputs) {
      assertThat(health(output, "CASE13")).contains("heart_rate=72");
    }
  }

  @Test
  void percentageThatHangs() {
    Http.Answer answer = requireNonNull(ANSWERS.get("percentage-that-hangs"));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("type").asText())
        .isEqualTo("urn:crossfade:problem:percentage-out-of-range");
    assertThat(answer.json().path("detail").asText()).contains("0.01 to 99.99");
  }

  static Stream<String> names() {
    return cases().map(one -> one.path("name").asText());
  }

  private static Stream<JsonNode> cases() {
    try (InputStream in = CasesIT.class.getResourceAsStream("/cases/cases.json")) {
      return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Http.Answer send(JsonNode one) {
    HttpRequest.Builder request = http.request("/" + one.path("endpoint").asText());
    one.path("headers")
        .properties()
        .forEach(header -> request.header(header.getKey(), header.getValue().asText()));
    if (one.path("endpoint").asText().startsWith("api/")) {
      request.header("Content-Type", "application/json");
    }
    return http.send(request.POST(HttpRequest.BodyPublishers.ofString(one.path("body").asText())));
  }

  private static void succeeded(String name) {
    Http.Answer answer = requireNonNull(ANSWERS.get(name));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("status").asText()).isEqualTo("success");
  }

  private static String health(DataSource output, String device) {
    List<String> rows = rows(output, Kind.HEALTH, device);
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  private static String event(DataSource output, String device) {
    List<String> rows = rows(output, Kind.EVENT, device);
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  private static List<String> rows(DataSource output, Kind kind, String device) {
    return TestOutputs.rows(output, kind).stream()
        .filter(row -> row.contains("device_sn=" + device + ","))
        .toList();
  }

  private static List<JsonNode> letters(String device) {
    return StreamSupport.stream(
            http.get("/api/dead-letters?source=intake&limit=1000").json().spliterator(), false)
        .map(
            letter ->
                letter.path("whole").asBoolean()
                    ? letter
                    : http.get("/api/dead-letters/intake/" + letter.path("key").asText()).json())
        .filter(letter -> letter.path("body").asText().contains("\"" + device + "\""))
        .toList();
  }

  private static String words(String camel) {
    return camel.toLowerCase(java.util.Locale.ROOT);
  }
}
