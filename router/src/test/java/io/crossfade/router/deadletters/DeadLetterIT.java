package io.crossfade.router.deadletters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.HealthData;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.control.DeadLetterDesk;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.BodyFormat;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.db.control.DeadLetters.Source;
import io.crossfade.router.Http;
import io.crossfade.router.IdleBudget;
import io.crossfade.router.TestRouterApplication;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

class DeadLetterIT {

  private static final String LONG = "LONGER-THAN-EIGHT";
  private static ConfigurableApplicationContext router;
  private static Http http;

  @BeforeAll
  static void start() {
    router = TestRouterApplication.start(List.of("--server.port=0", "--management.server.port=0"));
    http = Http.of(router);
  }

  @AfterAll
  static void stop() {
    IdleBudget.closeOnceIdle(router);
  }

  @Test
  void refusedRecordIsWrittenOnceItsOutputTakesIt() throws Exception {
    DataSource legacy = router.getBean("legacyDataSource", DataSource.class);
    DataSource stream = router.getBean("streamDataSource", DataSource.class);
    deviceColumn(legacy, 8);
    deviceColumn(stream, 8);
    http.post("/upload_health_data", Http.health(LONG, 1));
    await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> letters("?kind=health&source=legacy").size() == 1);
    await()
        .atMost(Duration.ofMinutes(3))
        .until(() -> letters("?kind=health&source=stream").size() == 1);
    JsonNode letter = letters("?kind=health&source=legacy").path(0);
    assertThat(letter.path("reason").asText()).contains("device_sn");
    assertThat(letter.path("body").asText()).contains(LONG).contains("72");
    String path = path(letter);
    http.awaitAlert("LETTERS_OF_OUTPUTS", "2 dead letters are open");

    assertThat(problem(path + "/redrive", "")).isEqualTo("still-dead");
    assertThat(letters("?source=legacy").path(0).path("attempts").asInt())
        .isEqualTo(letter.path("attempts").asInt() + 1);

    deviceColumn(legacy, 255);
    assertThat(http.as("viewer").call("POST", path + "/redrive", "").status()).isEqualTo(403);
    assertThat(http.call("POST", path + "/redrive", "").status()).isEqualTo(200);
    assertThat(
            TestOutputs.number(
                legacy,
                "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn = '%s'".formatted(LONG)))
        .isEqualTo(1);
    assertThat(letters("?source=legacy&state=open")).isEmpty();
    assertThat(letters("?source=legacy&state=redriven").at("/0/closed/by").asText())
        .isEqualTo("operator");
    assertThat(problem(path + "/redrive", "")).isEqualTo("closed-already");

    String other = path(letters("?source=stream").path(0));
    assertThat(problem(other + "/discard", "{}")).isEqualTo("reason-missing");
    assertThat(http.call("POST", other + "/discard", "{\"reason\":\"a test device\"}").status())
        .isEqualTo(200);
    assertThat(letters("?state=discarded").at("/0/closed/because").asText())
        .isEqualTo("a test device");
    assertThat(
            new DeadLetters(router.getBean("controlDataSource", DataSource.class))
                .among(Source.STREAM, List.of(io.crossfade.db.RecordId.parse(key(other)))))
        .as("the accounts still know it")
        .hasSize(1);
    http.awaitNoAlert("LETTERS_OF_OUTPUTS");
    // Its entry comes again from the stream.
    DataSource control = router.getBean("controlDataSource", DataSource.class);
    Letter discarded =
        new DeadLetterDesk(control)
            .find(Source.STREAM, io.crossfade.db.RecordId.parse(key(other)))
            .orElseThrow()
            .letter();
    new DeadLetters(control).keep(List.of(discarded));
    assertThat(letters("?state=discarded").at("/0/closed/because").asText())
        .as("it stays closed, with who and why")
        .isEqualTo("a test device");
    assertThat(letters("?state=discarded").at("/0/closed/by").asText()).isEqualTo("operator");
  }

  @Test
  void itemThatIsReadableByNowIsAcceptedLikeAnUpload() throws Exception {
    new DeadLetters(router.getBean("controlDataSource", DataSource.class))
        .keep(
            List.of(
                Letter.unreadable(
                    Source.INTAKE,
                    Kind.EVENT,
                    "NO_EVENT_TYPE",
                    1,
                    BodyFormat.JSON,
                    "{\"deviceSn\":\"LATE\",\"eventType\":\"X\"}"
                        .getBytes(StandardCharsets.UTF_8))));
    String path = path(letters("?source=intake&kind=event").path(0));
    assertThat(http.call("POST", path + "/redrive", "").status()).isEqualTo(200);
    DataSource stream = router.getBean("streamDataSource", DataSource.class);
    await().atMost(Duration.ofMinutes(3)).until(() -> TestOutputs.count(stream, Kind.EVENT) == 1);

    http.post("/upload_device_info", "[{\"no\":\"device\"}]");
    String hopeless = path(letters("?source=intake&kind=device").path(0));
    assertThat(problem(hopeless + "/redrive", "")).isEqualTo("still-dead");
  }

  /** What its own upload would have become, also without a clock and long after. */
  @Test
  void redrivenItemHasTheMomentOfItsUpload() throws Exception {
    DataSource control = router.getBean("controlDataSource", DataSource.class);
    new DeadLetters(control)
        .keep(
            List.of(
                Letter.unreadable(
                        Source.INTAKE,
                        Kind.HEALTH,
                        "NO_DEVICE_ID",
                        1,
                        BodyFormat.JSON,
                        "{\"customerId\":7,\"data\":{\"id\":\"MOMENT\",\"xlv\":61}}"
                            .getBytes(StandardCharsets.UTF_8))
                    .at(Instant.parse("2026-01-02T03:04:05.678Z"))));
    String path = path(letters("?source=intake&kind=health&state=open").path(0));
    assertThat(http.call("POST", path + "/redrive", "").status()).isEqualTo(200);
    RecordId id = HealthData.id("MOMENT", LocalDateTime.of(2026, 1, 2, 11, 4, 5));
    for (String name : List.of("legacyDataSource", "streamDataSource")) {
      DataSource output = router.getBean(name, DataSource.class);
      await()
          .atMost(Duration.ofMinutes(3))
          .until(
              () ->
                  TestOutputs.number(
                          output,
                          "SELECT COUNT(*) FROM t_user_health_data WHERE customer_id = 7 AND id ="
                              + " x'%s'".formatted(id))
                      == 1);
    }
  }

  /** A list shows the first KB of each, page by page; all of a letter has an address of its own. */
  @Test
  void listShowsBeginningsAndALetterAllOfItself() throws Exception {
    String text = "体".repeat(2_000);
    for (int i = 0; i < 5; i++) {
      http.post(
          "/upload_device_info", "{\"IMEI\":\"PAGED-%d\",\"said\":\"%s\"}".formatted(i, text));
    }
    List<String> seen = new ArrayList<>();
    String after = "";
    JsonNode page;
    do {
      page = letters("?source=intake&kind=device&state=open&limit=2&after=" + after);
      for (JsonNode letter : page) {
        seen.add(letter.path("key").asText());
        after = letter.path("place").asText();
        if (letter.path("body").asText().contains("PAGED")) {
          assertThat(letter.path("body").asText()).hasSizeLessThanOrEqualTo(1_024);
          assertThat(letter.path("whole").asBoolean()).isFalse();
          JsonNode all = http.get(path(letter)).json();
          assertThat(all.path("body").asText()).contains(text);
          assertThat(all.path("whole").asBoolean()).isTrue();
          assertThat(all.path("bytes").asLong()).isEqualTo(letter.path("bytes").asLong());
        }
      }
    } while (page.size() == 2);
    assertThat(seen).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(5);
    assertThat(http.get("/api/dead-letters?after=nowhere").status()).isEqualTo(400);
    assertThat(http.get("/api/dead-letters/legacy/" + "0".repeat(32)).status()).isEqualTo(404);
  }

  @Test
  void manyAreGivenUpAtOnce() {
    for (int i = 0; i < 3; i++) {
      http.post("/upload_common_event", "{\"deviceSn\":\"MANY-%d\"}".formatted(i));
    }
    int open = letters("?source=intake&kind=event&state=open").size();
    String all = "{\"source\":\"intake\",\"kind\":\"event\",\"died\":\"NO_EVENT_TYPE\"%s}";
    assertThat(problem("/api/dead-letters/discard", all.formatted(""))).isEqualTo("reason-missing");
    assertThat(
            http.as("viewer").call("POST", "/api/dead-letters/discard", all.formatted("")).status())
        .isEqualTo(403);
    JsonNode done =
        http.call("POST", "/api/dead-letters/discard", all.formatted(",\"reason\":\"a flood\""))
            .json();
    assertThat(done.path("letters").asInt()).isGreaterThanOrEqualTo(3).isLessThanOrEqualTo(open);
    assertThat(letters("?source=intake&kind=event&state=open"))
        .hasSize(open - done.path("letters").asInt());
  }

  @Test
  void whatIsNoLetterIsNotFound() {
    assertThat(problem("/api/dead-letters/legacy/" + "0".repeat(32) + "/redrive", ""))
        .isEqualTo("not-found");
    assertThat(problem("/api/dead-letters/nowhere/" + "0".repeat(32) + "/redrive", ""))
        .isEqualTo("unreadable");
    assertThat(problem("/api/dead-letters/legacy/x/redrive", "")).isEqualTo("unreadable");
    assertThat(http.get("/api/dead-letters?kind=none").status()).isEqualTo(400);
  }

  private static void deviceColumn(DataSource output, int length) throws Exception {
    try (Connection of = output.getConnection();
        Connection admin = TestDatabase.admin();
        Statement statement = admin.createStatement()) {
      statement.execute(
          "ALTER TABLE %s.t_user_health_data MODIFY device_sn VARCHAR(%d) NOT NULL"
              .formatted(of.getCatalog(), length));
    }
  }

  private static JsonNode letters(String query) {
    return http.get("/api/dead-letters" + query).json();
  }

  private static String path(JsonNode letter) {
    return "/api/dead-letters/%s/%s"
        .formatted(letter.path("source").asText(), letter.path("key").asText());
  }

  private static String key(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private static String problem(String path, String body) {
    return http.call("POST", path, body)
        .json()
        .path("type")
        .asText()
        .replace("urn:crossfade:problem:", "");
  }
}
