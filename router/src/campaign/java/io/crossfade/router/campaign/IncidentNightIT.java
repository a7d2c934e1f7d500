package io.crossfade.router.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.DbSettings;
import io.crossfade.router.Http;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * One night in ten moments, as it would be on call: at each the first line of the overview says
 * what is wrong and leads to where one acts, and it is gone once somebody has acted. With {@code
 * -Dcrossfade.test.chromium} each moment leaves its pictures in {@code target/incident-night}.
 */
class IncidentNightIT {

  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final int DEVICES = 10;
  private static final Path HOME = Path.of("target", "incident-night");

  /** What comparing anew and a repair end. */
  private static final Set<String> REPAIRED = Set.of("URGENT_MISSING", "UNEXPLAINED");

  /** What the next moment would not be seen behind; that records were lost stays true. */
  private static final Set<String> URGENT =
      Set.of(
          "CONTROL_AWAY",
          "URGENT_MISSING",
          "UNEXPLAINED",
          "ROUTER_SILENT",
          "REDIS_AWAY",
          "BREAKER_OPEN",
          "BACKLOG_OLD");

  private final Instant begin = Instant.now().minusSeconds(60);
  private Site site;
  private Truth truth;
  private Devices devices;
  private int moments;

  @BeforeEach
  void start() throws IOException {
    Files.createDirectories(HOME);
    site = new Site(false);
    truth = new Truth(HOME.resolve("night.truth.jsonl"));
    devices = new Devices(site.routers, truth, "N", DEVICES, 28);
  }

  @AfterEach
  void stop() throws IOException {
    devices.end();
    await("the watches end").atMost(PATIENCE).until(() -> !devices.isRunning());
    truth.close();
    site.close();
  }

  @Test
  void theFirstLineSaysWhatIsWrongAtEachMomentOfTheNight() throws Exception {
    try (NightPictures pictures = NightPictures.of(site.routers.getFirst().port(), HOME)) {
      night(pictures);
    }
  }

  private void night(NightPictures pictures) throws Exception {
    JarProcess other = site.routers.get(1);
    site.awaitWhole();
    site.switches.enter("shadow");
    site.switches.enter("canary 40");
    devices.start();
    putRight();
    show(pictures, "uploads flow, nothing is wrong", "");

    call("PUT", "/api/rollout/holds", "{\"kind\":\"health\",\"reason\":\"looked at by hand\"}");
    show(pictures, "somebody holds a kind", "HELD");
    call("DELETE", "/api/rollout/holds/health", "");

    api().post("/upload_health_data", "{\"data\":{\"heart_rate\":61}}");
    show(pictures, "a watch sends what is no record", "LETTERS_OF_INTAKE");
    call("POST", "/api/dead-letters/discard", "{\"source\":\"intake\",\"reason\":\"a test\"}");
    api().awaitNoAlert("LETTERS_OF_INTAKE");

    site.redis.kill();
    show(pictures, "Redis is gone", "REDIS_AWAY");
    site.redis.start();
    awaitAlert("URGENT_MISSING");
    show(pictures, "Redis is back, without the copies of that time", "URGENT_MISSING");
    putRight();

    site.database.hang();
    show(pictures, "the database hangs", "CONTROL_AWAY");
    site.database.goOn();
    putRight();

    other.hang();
    show(pictures, "a router hangs", "ROUTER_SILENT");
    other.goOn();
    putRight();

    changeARow();
    compare();
    show(pictures, "a row differs, and nothing explains it", "UNEXPLAINED");
    putRight();

    loseWhatARouterHolds(other);
    awaitAlert("LOST");
    show(pictures, "a router died with records in its memory", "LOST", "URGENT_MISSING");
    forgetTheDead();
    putRight();

    deleteAnSos();
    compare();
    show(pictures, "somebody deleted an SOS", "URGENT_MISSING");
    assertThat(first().path("message").asText()).contains("1 of them without an explanation");
    putRight();

    site.switches.rollBack();
    site.switches.awaitAnswered();
    assertThat(site.switches.undone()).isEmpty();
    assertThat(moments).isEqualTo(10);
  }

  /**
   * Waits until the first line says what is wrong, and keeps what a person sees then.
   *
   * @param conditions that the first line may be about; {@code ""} for nothing that is urgent
   */
  private void show(NightPictures pictures, String what, String... conditions) {
    await(what)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> assertThat(first().path("condition").asText()).isIn(List.of(conditions)));
    JsonNode first = first();
    System.out.printf(
        "  %s %2d. %-50s %s%n",
        LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS),
        ++moments,
        what,
        first.isMissingNode()
            ? "nothing needs anybody"
            : "%s → %s".formatted(first.path("message").asText(), first.path("page").asText()));
    pictures.take(moments, first.path("page").asText());
  }

  /** What the person on call does: waits for servers, compares, and repairs what differs. */
  private void putRight() {
    await("all is put right")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              site.awaitWhole();
              if (conditions().stream().anyMatch(REPAIRED::contains)) {
                compare();
                repair();
              }
              return conditions().stream().noneMatch(URGENT::contains);
            });
  }

  private void awaitAlert(String condition) {
    await(condition)
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> conditions().contains(condition));
  }

  private List<String> conditions() {
    return overview().path("alerts").findValuesAsText("condition");
  }

  private JsonNode first() {
    return overview().path("alerts").path(0);
  }

  private JsonNode overview() {
    JsonNode overview = api().get("/api/overview").json();
    assertThat(overview.path("alerts").isArray()).as(overview.toString()).isTrue();
    return overview;
  }

  /** The router that nothing befalls. */
  private Http api() {
    return site.routers.getFirst().http();
  }

  private JsonNode call(String method, String path, String body) {
    Http.Answer answer = api().call(method, path, body);
    assertThat(answer.status()).as(answer.raw().body()).isBetween(200, 299);
    return answer.json();
  }

  private void changeARow() throws SQLException {
    execute(
        "UPDATE %s.t_user_health_data SET blood_oxygen = 99 WHERE id = x'%s'",
        settled("t_user_health_data", ""));
  }

  private void deleteAnSos() throws SQLException {
    execute(
        "DELETE FROM %s.t_common_event WHERE id = x'%s'",
        settled("t_common_event", " AND s.event_type LIKE '%SOS%'"));
  }

  /** A row that both outputs have. */
  private String settled(String table, String where) {
    String sql =
        "SELECT s.id FROM %s.%s s JOIN %s.%s l ON l.id = s.id WHERE s.stamp = l.stamp%s LIMIT 1"
            .formatted(
                site.schema(site.schemas.stream()),
                table,
                site.schema(site.schemas.legacy()),
                table,
                where);
    String[] id = new String[1];
    await("a row of both outputs")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () -> {
              try (Connection connection = site.database.admin();
                  Statement statement = connection.createStatement();
                  ResultSet row = statement.executeQuery(sql)) {
                id[0] = row.next() ? HexFormat.of().formatHex(row.getBytes(1)) : null;
                return id[0] != null;
              }
            });
    return id[0];
  }

  private void execute(String sql, String id) throws SQLException {
    DbSettings.Schema output = site.schemas.stream();
    try (Connection connection = site.database.admin();
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(sql.formatted(site.schema(output), id))).isEqualTo(1);
    }
  }

  /** Kills a router while the database takes nothing. */
  private void loseWhatARouterHolds(JarProcess router) {
    site.database.hang();
    await("records wait in memory")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> router.sum("crossfade_legacy_held") > 0);
    router.kill();
    site.database.goOn();
    router.start();
    router.awaitStart();
  }

  /**
   * What started again is another router; the one that was killed is silent until it is forgotten.
   */
  private void forgetTheDead() {
    awaitAlert("ROUTER_SILENT");
    api()
        .get("/api/rollout/routers/silent")
        .json()
        .findValuesAsText("instance")
        .forEach(
            dead ->
                call(
                    "POST",
                    "/api/rollout/routers/forgotten",
                    "{\"instance\":\"%s\",\"reason\":\"it was killed\"}".formatted(dead)));
  }

  private void compare() {
    long before = newest(false);
    await("the comparison begins")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                api()
                        .call(
                            "POST",
                            "/api/reconciler/runs",
                            "{\"from\":\"%s\",\"to\":\"%s\"}".formatted(begin, Instant.now()))
                        .status()
                    < 300);
    await("the comparison ends")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> newest(true) > before);
  }

  /** The newest run on demand. */
  private long newest(boolean finished) {
    long newest = 0;
    for (JsonNode run : api().get("/api/reconciler?limit=50").json().path("runs")) {
      if (run.path("origin").asText().equals("ON_DEMAND")
          && (!finished || run.path("finished").asBoolean())) {
        newest = Math.max(newest, run.path("id").asLong());
      }
    }
    return newest;
  }

  /** As the page does it: what would be done first, then exactly that. */
  private void repair() {
    String path = "/api/reconciler/runs/" + newest(true) + "/repairs";
    String body = "{\"all\":true,\"prefer\":\"legacy\",\"reason\":\"the night\",%s}";
    String preview = call("POST", path, body.formatted("\"dryRun\":true")).path("preview").asText();
    call("POST", path, body.formatted("\"preview\":\"" + preview + "\""));
  }
}
