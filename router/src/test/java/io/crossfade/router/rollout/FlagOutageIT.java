package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.router.Http;
import io.crossfade.router.IdleBudget;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.operator.ConsoleClient;
import io.crossfade.stream.TestRedis;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A real router whose flags are away or damaged, also from its start. */
class FlagOutageIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @TempDir private Path directory;
  private final List<ConfigurableApplicationContext> routers = new ArrayList<>();
  private CutLink database;
  private DbSettings schemas;

  @BeforeEach
  void start() {
    database = new CutLink(TestDatabase.port());
    schemas = TestDatabase.newSchemasBehind(database);
  }

  @AfterEach
  void stop() throws Exception {
    database.mend();
    routers.forEach(IdleBudget::closeOnceIdle);
    database.close();
  }

  @Test
  void strategyThatIsNotOursIsShownAsDangerousAndTheLastGoodStateCounts() throws Exception {
    ConfigurableApplicationContext router = router();
    Http http = Http.of(router);
    change(http, "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":25");
    byHand(router, "UPDATE rollout_flag SET strategy = 'gradual' WHERE feature = 'HEALTH_STREAM'");
    byHand(router, "UPDATE rollout_flag SET parameters = '{' WHERE feature = 'EVENT_STREAM'");
    byHand(router, "INSERT INTO rollout_flag VALUES ('SLEEP_STREAM', 1, NULL, '{}')");
    await().atMost(PATIENCE).until(() -> overview(http).path("aside").size() == 3);
    assertThat(stages(http)).containsExactly("canary", "shadow", "shadow");
    assertThat(overview(http).at("/kinds/0/percentage").asInt()).isEqualTo(25);
    assertThat(overview(http).at("/kinds/0/danger").asText())
        .contains("HEALTH_STREAM has the strategy gradual", "canary 25");
    assertThat(overview(http).at("/kinds/1/danger").isNull()).isTrue();
    JsonNode health = health(router);
    assertThat(health.path("status").asText()).isEqualTo("DEGRADED");
    assertThat(health.at("/details/aside").toString())
        .contains("HEALTH_STREAM", "gradual", "EVENT_STREAM: its parameters", "SLEEP_STREAM");
    assertThat(page(router))
        .contains("Dangerous: HEALTH_STREAM has the strategy gradual")
        .contains("The row EVENT_STREAM of the flags cannot be used")
        .contains("The row SLEEP_STREAM of the flags belongs to no feature");
    assertThat(meter(router, "crossfade.router.flags.aside")).isEqualTo(3);
    http.awaitAlert("NO_STAGE", "The flags are no stage, or a row of them cannot be used");

    change(http, "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":25");
    change(http, "\"kind\":\"event\",\"stage\":\"canary\",\"percentage\":1");
    byHand(router, "DELETE FROM rollout_flag WHERE feature = 'SLEEP_STREAM'");
    await().atMost(PATIENCE).until(() -> overview(http).path("aside").isEmpty());
    assertThat(stages(http)).containsExactly("canary", "shadow", "canary");
    assertThat(health(router).path("status").asText()).isEqualTo("UP");
  }

  @Test
  void rollbackSurvivesARestartWithoutTheDatabase() throws Exception {
    ConfigurableApplicationContext former = router();
    Http before = Http.of(former);
    change(before, "\"kind\":\"all\",\"stage\":\"canary\",\"percentage\":50");
    database.cut();
    await().atMost(PATIENCE).until(() -> overview(before).path("stale").asBoolean());
    assertThat(page(former))
        .contains("Last known flags count")
        .contains("The history is in the database");
    JsonNode receipt =
        before
            .call("POST", "/api/rollout/rollbacks", "{\"kind\":\"health\",\"reason\":\"at night\"}")
            .json();
    assertThat(receipt.path("stored").asBoolean()).isFalse();
    before.awaitAlert("CONTROL_AWAY", "The control schema does not answer");
    before.awaitAlert("ROLLBACK_WAITS", "counts on this router alone");
    before.awaitAlert("FLAGS_OLD", "The flags were read");
    before.awaitAlert("LOOP_FAILING", "rollout-");
    assertThat(receipt.path("notes").toString()).contains("on this router's disk, too");
    former.close();

    ConfigurableApplicationContext router = router();
    Http http = Http.of(router);
    assertThat(overview(http).path("source").asText()).isEqualTo("FILE");
    assertThat(overview(http).path("rollbackWaitsToBeStored").asBoolean()).isTrue();
    assertThat(stages(http)).containsExactly("shadow", "canary", "canary");
    assertThat(overview(http).at("/kinds/1/percentage").asInt()).isEqualTo(50);
    assertThat(overview(http).path("kinds").findValuesAsText("optIn"))
        .as("the rollback switched its opt-in off")
        .startsWith("false");
    assertThat(overview(http).at("/kinds/1/optIn").asBoolean()).isTrue();
    assertThat(health(router).at("/details/source").asText()).isEqualTo("FILE");
    assertThat(health(router).at("/details/asOf").asText()).startsWith("20");
    assertThat(page(router)).contains("started without its database");

    database.mend();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(overview(http).path("source").asText()).isEqualTo("DATABASE");
              assertThat(overview(http).path("rollbackWaitsToBeStored").asBoolean()).isFalse();
              JsonNode newest = http.get("/api/rollout/history?kind=health").json().path(0);
              assertThat(newest.path("decision").asText()).isEqualTo(receipt.path("id").asText());
              assertThat(newest.path("reason").asText()).isEqualTo("at night");
            });
    assertThat(stages(http)).containsExactly("shadow", "canary", "canary");
    assertThat(
            http.get("/api/rollout/rollbacks/" + receipt.path("id").asText())
                .json()
                .path("stored")
                .asBoolean())
        .as("its receipt goes on")
        .isTrue();
    http.awaitNoAlert("CONTROL_AWAY", "ROLLBACK_WAITS", "FLAGS_OLD", "LOOP_FAILING");
  }

  @Test
  void withoutDatabaseAndFileTheOldPathServesUntilTheFlagsCanBeRead() throws Exception {
    ConfigurableApplicationContext former = router();
    change(Http.of(former), "\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":50");
    former.close();
    database.cut();
    Path lost = directory.resolve("lost");
    Files.move(directory.resolve("flags"), lost);

    ConfigurableApplicationContext router = router();
    Http http = Http.of(router);
    assertThat(overview(http).path("source").asText()).isEqualTo("NOTHING");
    assertThat(stages(http)).containsExactly("legacy", "legacy", "legacy");
    assertThat(page(router)).contains("knows no flags");
    assertThat(http.post("/upload_health_data", Http.health("W1", 1)).status())
        .as("nothing would hold it")
        .isEqualTo(503);
    database.mend();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(stages(http)).containsExactly("canary", "shadow", "shadow"));
    assertThat(overview(http).path("source").asText()).isEqualTo("DATABASE");
    await()
        .atMost(PATIENCE)
        .until(() -> http.post("/upload_health_data", Http.health("W1", 1)).status() == 200);
  }

  private ConfigurableApplicationContext router() {
    ConfigurableApplicationContext router =
        TestRouterApplication.start(
            schemas,
            TestRedis.sharedPort(),
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--spring.main.banner-mode=off",
                "--crossfade.rollout.automatic-rollback=",
                "--crossfade.rollout.directory=" + directory.resolve("flags")));
    routers.add(router);
    return router;
  }

  private static JsonNode overview(Http http) {
    return http.get("/api/rollout").json();
  }

  private static List<String> stages(Http http) {
    return overview(http).path("kinds").findValuesAsText("stage");
  }

  private static JsonNode health(ConfigurableApplicationContext router) {
    return Http.ofManagement(router).get("/actuator/health").json().at("/components/flags");
  }

  private static double meter(ConfigurableApplicationContext router, String name) {
    return router.getBean(MeterRegistry.class).get(name).gauge().value();
  }

  private static String page(ConfigurableApplicationContext router) throws Exception {
    String port = router.getEnvironment().getProperty("local.server.port");
    try (ConsoleClient console = new ConsoleClient(URI.create("http://127.0.0.1:" + port))) {
      console.logIn("viewer");
      return console.page("/console/rollout");
    }
  }

  private static void change(Http http, String fields) {
    String body =
        "{%s,\"force\":true,\"reason\":\"test\",\"version\":%d}"
            .formatted(fields, overview(http).path("version").asLong());
    Http.Answer answer = http.call("POST", "/api/rollout/changes", body);
    assertThat(answer.status()).as("%s", answer.json()).isEqualTo(200);
  }

  private static void byHand(ConfigurableApplicationContext router, String sql) {
    DataSource control = router.getBean("controlDataSource", DataSource.class);
    new TransactionTemplate(new JdbcTransactionManager(control))
        .executeWithoutResult(
            status -> assertThat(JdbcClient.create(control).sql(sql).update()).isOne());
  }
}
