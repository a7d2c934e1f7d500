package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.StreamWorker;
import io.crossfade.stream.TestRedis;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that start while a server is away say so, accept what something can hold, and become
 * whole without another start.
 */
class StartIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final CutLink database = new CutLink(TestDatabase.port());
  private final DbSettings schemas = TestDatabase.newSchemasBehind(database);
  private final String prefix = TestRedis.newPrefix();
  private final Set<Integer> accepted = new TreeSet<>();
  @TempDir private Path directory;

  @AfterEach
  void close() throws IOException {
    database.close();
  }

  @Test
  void withoutTheDatabaseNothingIsPromisedUntilItIsSeen() throws Exception {
    database.cut();
    try (RouterProcess router = router(TestRedis.sharedPort())) {
      Http http = router.http();
      assertThat(router.log())
          .contains("The control schema at 127.0.0.1:%d".formatted(database.port()))
          .contains("started without it, trying again")
          .contains("No node number");
      JsonNode start = router.health().path("components").path("start");
      assertThat(start.path("status").asText()).isEqualTo("OUT_OF_SERVICE");
      assertThat(start.path("details").path("control").asText()).contains("was not seen since");
      assertThat(start.path("details").path("node").asText()).startsWith("none: ");
      for (String path : List.of("/upload_health_data", "/upload_health_data_v2")) {
        Http.Answer answer = http.post(path, Http.health("START", 0));
        assertThat(answer.status()).as(path).isEqualTo(503);
        assertThat(answer.raw().headers().firstValue("Retry-After")).contains("5");
        assertThat(answer.json().path("message").asText()).isEqualTo("服务尚未就绪，请稍后重试");
      }
      assertThat(router.sum("crossfade_router_refused_total")).as("for the alert").isEqualTo(2);
      JsonNode rollout = http.get("/api/rollout").json();
      assertThat(rollout.path("stale").asBoolean()).isTrue();
      assertThat(rollout.path("kinds").path(0).path("stage").asText()).isEqualTo("legacy");

      database.mend();
      awaitWhole(router);
      upload(http, "/upload_health_data", 0, 50);
      upload(http, "/upload_health_data_v2", 50, 100);
      assertThat(accepted).hasSize(100);
      awaitEveryAcceptedRow();
      // Everything else began by itself, too.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(number("SELECT COUNT(*) FROM %s.router_instance", schemas.control()))
                    .isEqualTo(1);
                assertThat(number("SELECT COUNT(*) FROM %s.comparison", schemas.control()))
                    .as("it compares")
                    .isPositive();
                assertThat(number("SELECT COUNT(*) FROM %s.accounted_segment", schemas.control()))
                    .as("it accounts")
                    .isPositive();
                assertThat(router.sum("crossfade_process_loop_alive"))
                    .isEqualTo(
                        router
                            .metrics()
                            .lines()
                            .filter(line -> line.startsWith("crossfade_process_loop_alive{"))
                            .count());
              });
    }
  }

  @Test
  void withTheNumberThatItsDiskRemembersRedisHoldsWhatTheStreamServes() throws Exception {
    int first;
    try (RouterProcess router = router(TestRedis.sharedPort())) {
      awaitWhole(router);
      first = node(router);
      assertThat(router.stop()).isEqualTo(143);
    }
    database.cut();
    try (RouterProcess router = router(TestRedis.sharedPort())) {
      Http http = router.http();
      assertThat(node(router)).as("nobody else can have it").isEqualTo(first);
      upload(http, "/upload_health_data_v2", 0, 100);
      assertThat(accepted).as("Redis holds them").hasSize(100);
      Http.Answer legacy = http.post("/upload_health_data", Http.health("START", 100));
      assertThat(legacy.status()).as("nothing holds it").isEqualTo(503);
      assertThat(legacy.raw().headers().firstValue("Retry-After")).isPresent();

      database.mend();
      awaitWhole(router);
      upload(http, "/upload_health_data", 100, 150);
      assertThat(accepted).hasSize(150);
      awaitEveryAcceptedRow();
      assertThat(node(router)).as("renewed").isEqualTo(first);
    }
    database.cut();
    // A disk that was lost knows no number.
    try (RouterProcess router = router(TestRedis.sharedPort(), directory.resolve("another"))) {
      assertThat(router.http().post("/upload_health_data_v2", Http.health("START", 200)).status())
          .isEqualTo(503);
    }
  }

  /** Killed, it says nothing more; its journal has to. */
  @Test
  void whatOneAcceptedThatDiedBeforeItSawTheDatabaseIsAccountedFor() throws Exception {
    try (RouterProcess router = router(TestRedis.sharedPort())) {
      awaitWhole(router);
    }
    database.cut();
    try (RouterProcess router = router(TestRedis.sharedPort())) {
      upload(router.http(), "/upload_health_data_v2", 0, 20);
      assertThat(accepted).hasSize(20);
    }
    database.mend();
    try (RouterProcess router = router(TestRedis.sharedPort())) {
      awaitWhole(router);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          number(
                              "SELECT COALESCE(SUM(accepted), 0) FROM %s.accounting"
                                  + " WHERE path = 'STREAM'",
                              schemas.control()))
                      .as(router::log)
                      .isEqualTo(20));
      awaitEveryAcceptedRow();
      // The copies were in its memory: a path has lost them, and it says why.
      assertThat(
              number(
                  "SELECT COUNT(*) FROM %s.lost_record WHERE path = 'LEGACY'"
                      + " AND death_found IS NOT NULL",
                  schemas.control()))
          .isEqualTo(20);
      assertThat(number("SELECT COUNT(*) FROM %s.lost_record", schemas.control())).isEqualTo(20);
      assertThat(number("SELECT SUM(lost_on_both) FROM %s.accounting", schemas.control())).isZero();
    }
  }

  @Test
  void withoutRedisTheMemoryQueueServesUntilItComes() throws Exception {
    try (TestRedis redis = new TestRedis()) {
      redis.kill();
      try (RouterProcess router = router(redis.port())) {
        Http http = router.http();
        assertThat(router.health().path("components").path("redis").path("status").asText())
            .isEqualTo("DOWN");
        upload(http, "/upload_health_data", 0, 50);
        upload(http, "/upload_health_data_v2", 50, 100);
        assertThat(accepted).hasSize(100);
        redis.start();
        awaitStreamServes(http, 100);
        awaitWhole(router);
        awaitEveryAcceptedRow();
      }
    }
  }

  @Test
  void withoutBothItWaitsForBoth() throws Exception {
    database.cut();
    try (TestRedis redis = new TestRedis()) {
      redis.kill();
      try (RouterProcess router = router(redis.port())) {
        Http http = router.http();
        for (String path : List.of("/upload_health_data", "/upload_health_data_v2")) {
          assertThat(http.post(path, Http.health("START", 0)).status()).isEqualTo(503);
        }
        database.mend();
        await().atMost(PATIENCE).until(() -> post(http, "/upload_health_data", 0) == 200);
        redis.start();
        awaitStreamServes(http, 1);
        awaitWhole(router);
        awaitEveryAcceptedRow();
      }
    }
  }

  @Test
  void twoThatStartWithoutTheDatabaseShareItsMigrationAndNoNumber() throws Exception {
    database.cut();
    try (RouterProcess one = router(TestRedis.sharedPort());
        RouterProcess other = router(TestRedis.sharedPort())) {
      one.awaitStart();
      other.awaitStart();
      database.mend();
      awaitWhole(one);
      awaitWhole(other);
      assertThat(node(one)).isNotEqualTo(node(other));
      upload(one.http(), "/upload_health_data", 0, 20);
      upload(other.http(), "/upload_health_data_v2", 20, 40);
      assertThat(accepted).hasSize(40);
      awaitEveryAcceptedRow();
      assertThat(
              number(
                  "SELECT COUNT(*) FROM %s.crossfade_schema_history WHERE success = 0",
                  schemas.control()))
          .isZero();
    }
  }

  @Test
  void workerWaitsForBoth() throws Exception {
    try (TestRedis redis = new TestRedis()) {
      try (RouterProcess router =
          router(redis.port(), directory, "--crossfade.stream.consume=false")) {
        awaitWhole(router);
        upload(router.http(), "/upload_health_data_v2", 0, 50);
        assertThat(accepted).hasSize(50);
      }
      redis.stop();
      database.cut();
      try (RouterProcess worker =
          new RouterProcess(
              StreamWorker.class, RouterProcess.arguments(schemas, redis.port(), prefix))) {
        worker.awaitStart();
        assertThat(worker.log()).contains("started without it, trying again");
        redis.start();
        database.mend();
        awaitEveryAcceptedRow();
        assertThat(worker.stop()).isEqualTo(143);
      }
    }
  }

  /** It would start, wait, and never be of use. */
  @Test
  void whatWaitingDoesNotMendEndsTheStart() {
    try (RouterProcess router =
        router(
            TestRedis.sharedPort(), directory, "--crossfade.db.migration.password=not-the-one")) {
      assertThat(router.awaitEnd()).isEqualTo(1);
      assertThat(router.log()).contains("Access denied for user 'crossfade_migration'");
    }
  }

  private RouterProcess router(int redisPort) {
    return router(redisPort, directory);
  }

  private RouterProcess router(int redisPort, Path accounting, String... more) {
    List<String> own =
        new ArrayList<>(
            List.of(
                "--crossfade.accounting.directory=" + accounting,
                "--crossfade.accounting.every=1s",
                "--crossfade.rollout.compare-every=1s",
                "--crossfade.reconciler.settle=1s"));
    own.addAll(List.of(more));
    return new RouterProcess(
        RouterApplication.class,
        RouterProcess.arguments(schemas, redisPort, prefix, own.toArray(String[]::new)));
  }

  private static void awaitWhole(RouterProcess router) {
    router.awaitStart();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(router.health().path("components").path("start").path("status").asText())
                    .as(() -> router.health().toPrettyString())
                    .isEqualTo("UP"));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(router.health().path("status").asText())
                    .as(() -> router.health().toPrettyString())
                    .isEqualTo("UP"));
  }

  private static int node(RouterProcess router) {
    String node =
        router.health().path("components").path("start").path("details").path("node").asText();
    return Integer.parseInt(node.replaceFirst(",.*", ""));
  }

  private void upload(Http http, String path, int from, int to) {
    for (int second = from; second < to; second++) {
      post(http, path, second);
    }
  }

  private int post(Http http, String path, int second) {
    int status = http.post(path, Http.health("START", second)).status();
    if (status == 200) {
      accepted.add(second);
    }
    return status;
  }

  private void awaitStreamServes(Http http, int from) {
    int[] second = {from};
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              Http.Answer answer =
                  http.post("/upload_health_data_v2", Http.health("START", second[0]));
              assertThat(answer.status()).isEqualTo(200);
              accepted.add(second[0]++);
              return answer.json().path("stream_id").isTextual();
            });
  }

  /** In the output of one path or the other: what a path fell back from is in one alone. */
  private void awaitEveryAcceptedRow() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Set<Integer> rows = rows(schemas.legacy());
              rows.addAll(rows(schemas.stream()));
              assertThat(rows).containsAll(accepted);
            });
  }

  private static Set<Integer> rows(DbSettings.Schema output) throws SQLException {
    return TestDatabase.query(
            "SELECT TIMESTAMPDIFF(SECOND, '2025-09-14 08:15:00', `timestamp`) FROM "
                + TestDatabase.nameOf(output)
                + ".t_user_health_data WHERE device_sn = 'START'")
        .stream()
        .map(Integer::valueOf)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static long number(String sql, DbSettings.Schema schema) throws SQLException {
    return Long.parseLong(
        TestDatabase.query(sql.formatted(TestDatabase.nameOf(schema))).getFirst());
  }
}
