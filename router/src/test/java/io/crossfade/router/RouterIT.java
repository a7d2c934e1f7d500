package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.TestOutputs;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.ConfigurableApplicationContext;

class RouterIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static ConfigurableApplicationContext router;
  private static Http http;
  private static DataSource control;
  private static DataSource legacy;
  private static DataSource stream;

  @BeforeAll
  static void start() {
    router = TestRouterApplication.start(List.of("--server.port=0", "--management.server.port=0"));
    http = Http.of(router);
    control = router.getBean("controlDataSource", DataSource.class);
    legacy = router.getBean("legacyDataSource", DataSource.class);
    stream = router.getBean("streamDataSource", DataSource.class);
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  @Test
  void v1AnswersHaveTheOldShape() {
    Http.Answer health = http.post("/upload_health_data", Http.health("OLD", 0));
    assertThat(health.status()).isEqualTo(200);
    assertThat(health.json().path("status").asText()).isEqualTo("success");
    assertThat(health.json().has("details")).isFalse();

    Http.Answer list =
        http.post(
            "/upload_health_data",
            "{\"data\":[{\"deviceSn\":\"L\",\"timestamp\":1757808900},{\"deviceSn\":\"L\",\"timestamp\":"
                + "1757808900},{\"heart_rate\":1}]}");
    assertThat(list.status()).isEqualTo(200);
    assertThat(list.json().path("details").toString())
        .isEqualTo("{\"success\":1,\"duplicate\":1,\"error\":1}");

    Http.Answer device = http.post("/upload_device_info", "{\"SerialNumber\":\"OLD\"}");
    assertThat(device.json().path("status").asText()).isEqualTo("success");
    assertThat(device.json().path("request_id").asText()).isNotEmpty();

    Http.Answer event =
        http.post("/upload_common_event", "{\"deviceSn\":\"OLD\",\"eventType\":\"a.b.SOS_EVENT\"}");
    assertThat(event.json().path("event_type").asText()).isEqualTo("SOS_EVENT");
    assertThat(event.json().path("device_sn").asText()).isEqualTo("OLD");
  }

  @Test
  void v2AnswersNameTheStreamEntry() {
    for (String[] upload :
        new String[][] {
          {"/upload_health_data_v2", Http.health("NEW", 0)},
          {"/upload_device_info_v2", "{\"SerialNumber\":\"NEW\"}"},
          {"/upload_common_event_v2", "{\"deviceSn\":\"NEW\",\"eventType\":\"X\"}"}
        }) {
      Http.Answer answer = http.post(upload[0], upload[1]);
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().path("status").asText()).isEqualTo("accepted");
      assertThat(answer.json().path("stream_id").asText()).matches("\\d+-\\d+");
      assertThat(answer.json().path("processing").asText()).isEqualTo("async");
    }
  }

  @Test
  void uploadWithoutADeviceIsAnsweredWith200SoThatTheWatchStops() {
    for (String path : new String[] {"/upload_health_data", "/upload_health_data_v2"}) {
      Http.Answer answer = http.post(path, "{\"data\":{\"heart_rate\":7}}");
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.json().toString())
          .isEqualTo("{\"status\":\"error\",\"message\":\"设备ID不能为空\"}");
    }
    assertThat(
            TestOutputs.number(
                control,
                "SELECT attempts FROM dead_letter WHERE source = 'INTAKE' AND reason ="
                    + " 'NO_DEVICE_ID' AND body = '{\"data\":{\"heart_rate\":7}}'"))
        .as("kept once, with every attempt counted")
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"data\":", "7", "\"x\"", "{\"a\":NaN}"})
  void badBodiesGetAClear400(String body) {
    Http.Answer answer = http.post("/upload_device_info", body);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("status").asText()).isEqualTo("error");
    assertThat(answer.json().path("message").asText()).isNotEmpty();
    assertThat(answer.raw().body()).doesNotContain("Exception").doesNotContain("at io.");
  }

  @Test
  void hugeDeepCompressedAndMisdirectedUploadsAreRefused() {
    String huge = "{\"data\":{\"deviceSn\":\"" + "x".repeat(3 << 20) + "\"}}";
    assertThat(http.post("/upload_health_data", huge).status()).isEqualTo(413);
    byte[] bytes = huge.getBytes(StandardCharsets.UTF_8);
    HttpRequest.Builder chunked =
        http.request("/upload_health_data")
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)));
    assertThat(http.send(chunked).status()).isEqualTo(413);
    String deep = "{\"data\":" + "{\"data\":".repeat(900) + "1" + "}".repeat(901);
    Http.Answer kept = http.post("/upload_health_data", deep);
    assertThat(kept.status()).as("kept as it came, so that the device stops").isEqualTo(200);
    assertThat(kept.json().path("status").asText()).isEqualTo("error");
    HttpRequest.Builder compressed =
        http.request("/upload_health_data")
            .header("Content-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofString("x"));
    assertThat(http.send(compressed).status()).isEqualTo(415);
    Http.Answer get = http.get("/upload_health_data");
    assertThat(get.status()).isEqualTo(405);
    assertThat(get.raw().headers().firstValue("Allow")).hasValue("POST");
    assertThat(http.post("/upload_nothing", "{}").status()).isEqualTo(404);
  }

  @Test
  void tenThousandItemsNulAndEmojiArriveInBothOutputs() {
    String items =
        IntStream.range(0, 10_000)
            .mapToObj(
                i ->
                    "{\"id\":\"大\\u0000😀\",\"xlv\":1,\"timestamp\":%d}"
                        .formatted(1_700_000_000 + i))
            .collect(Collectors.joining(",", "{\"data\":[", "]}"));
    Http.Answer answer = http.post("/upload_health_data", items);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().at("/details/success").asInt()).isEqualTo(10_000);
    awaitDrained();
    for (DataSource output : List.of(legacy, stream)) {
      assertThat(
              TestOutputs.number(
                  output,
                  "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn ="
                      + " CONVERT(x'E5A4A700F09F9880' USING utf8mb4)"))
          .isEqualTo(10_000);
    }
  }

  /** Invariant 1: both paths write exactly what the router stamped. */
  @Test
  void dualWriteStoresTheSameRowTwiceWithItsReason() {
    http.post("/upload_health_data", Http.health("V1ROW", 0));
    http.post("/upload_health_data_v2", Http.health("V2ROW", 0));
    awaitDrained();
    assertThat(reasons("V1ROW")).containsExactly("FLAG", "MIRROR");
    assertThat(reasons("V2ROW")).containsExactly("MIRROR", "OPT_IN");
    for (String device : List.of("V1ROW", "V2ROW")) {
      String sql = "SELECT stamp FROM t_user_health_data WHERE device_sn = '" + device + "'";
      assertThat(TestOutputs.number(legacy, sql)).isEqualTo(TestOutputs.number(stream, sql));
    }
  }

  @Test
  void streamStatsTellWhatIsInTheStreams() {
    http.post("/upload_common_event_v2", "{\"deviceSn\":\"STATS\",\"eventType\":\"SOS_EVENT\"}");
    awaitDrained();
    Http.Answer answer = http.get("/api/stream_stats");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json()).hasSize(4);
    var urgent = answer.json().get(0);
    assertThat(urgent.path("stream").asText()).endsWith("urgent_event_stream");
    assertThat(urgent.path("length").asLong()).isPositive();
    assertThat(urgent.path("pending").asLong()).isZero();
    assertThat(urgent.path("consumers").asLong()).isEqualTo(1);
    assertThat(urgent.path("oldestUnacknowledgedMillis").isNull()).isTrue();
  }

  @Test
  void everyMeterOfTheEnumsThatHasBeenUsedIsPublished() {
    http.post("/upload_health_data_v2", Http.health("METERS", 0));
    awaitDrained();
    String published = Http.ofManagement(router).get("/actuator/prometheus").raw().body();
    assertThat(published)
        .contains("crossfade_router_accept_seconds_bucket")
        .contains("crossfade_legacy_held{kind=\"health\"}")
        .contains("crossfade_stream_written_total{stream=\"health_data_stream\"}")
        .contains("crossfade_stream_accept_to_row_seconds_bucket")
        .contains("resilience4j_circuitbreaker_state");
  }

  private static List<String> reasons(String device) {
    return List.of(legacy, stream).stream()
        .map(
            output ->
                Arrays.stream(new String[] {"FLAG", "OPT_IN", "MIRROR", "STREAM_UNAVAILABLE"})
                    .filter(
                        reason ->
                            TestOutputs.number(
                                    output,
                                    "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn = '"
                                        + device
                                        + "' AND route_reason = '"
                                        + reason
                                        + "'")
                                == 1)
                    .findFirst()
                    .orElse("none"))
        .toList();
  }

  private static void awaitDrained() {
    await().atMost(PATIENCE).until(() -> TestComparisons.areDrained(router));
  }
}
