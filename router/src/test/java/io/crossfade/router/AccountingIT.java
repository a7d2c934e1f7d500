package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.DbSettings;
import io.crossfade.db.HealthData;
import io.crossfade.db.RecordId;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.TestRedis;
import io.lettuce.core.api.sync.RedisServerCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Routers that are killed, and what their journals say of the records that died with them. */
class AccountingIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final LocalDateTime FIRST = LocalDateTime.of(2025, 9, 14, 8, 15);

  private final DbSettings schemas = TestDatabase.newSchemas();
  private final String control = TestDatabase.nameOf(schemas.control());
  private final String legacy = TestDatabase.nameOf(schemas.legacy());
  private final String stream = TestDatabase.nameOf(schemas.stream());
  @TempDir private Path directory;

  @Test
  void exactlyWhatTheMemoryQueueHeldIsReportedLost() throws Exception {
    List<String> arguments = arguments("legacy", TestRedis.sharedPort());
    long held;
    try (RouterProcess router = new RouterProcess(RouterApplication.class, arguments)) {
      Http http = router.http();
      for (int second = 0; second < 300; second++) {
        upload(http, second);
      }
      upload(http, 0);
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(number("SELECT COUNT(*) FROM " + rows())).isEqualTo(300));
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(held(router)).isZero());
      try (Connection blocker = TestDatabase.admin()) {
        blocker.createStatement().execute("LOCK TABLES " + rows() + " WRITE");
        for (int second = 300; second < 700; second++) {
          upload(http, second);
        }
        held = held(router);
        router.hang();
      }
      assertThat(held).isEqualTo(400);
      try (RouterProcess again = new RouterProcess(RouterApplication.class, arguments)) {
        again.http().awaitAlert("ROUTER_SILENT", "it was killed, hangs, or is cut off");
        router.kill();
        assertLost(again, held);
      }
    }
  }

  private void assertLost(RouterProcess again, long held) throws Exception {
    awaitAccounted(again, 701);
    again.http().awaitAlert("LOST", held + " records were accepted and never written");
    again.http().awaitAlert("ROUTER_SILENT", "has said nothing for");
    assertThat(number("SELECT SUM(lost) FROM %s.accounting".formatted(control))).isEqualTo(held);
    assertThat(number("SELECT SUM(lost_on_both) FROM %s.accounting".formatted(control)))
        .isEqualTo(held);
    assertThat(number("SELECT SUM(written) FROM %s.accounting".formatted(control))).isEqualTo(300);
    assertThat(number("SELECT SUM(repeated) FROM %s.accounting".formatted(control)))
        .as("the same upload twice")
        .isEqualTo(1);
    Set<RecordId> names = new HashSet<>();
    for (int second = 300; second < 700; second++) {
      names.add(HealthData.id("ACCOUNT", FIRST.plusSeconds(second)));
    }
    assertThat(ids("SELECT id FROM %s.lost_record".formatted(control))).isEqualTo(names);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              try (Stream<Path> instances = Files.list(directory)) {
                assertThat(instances.filter(Files::isDirectory))
                    .as("the dead router's directory is gone")
                    .hasSize(1);
              }
            });
  }

  @Test
  void everyAnswerOfARouterThatIsKilledMidLoadIsAccountedFor() throws Exception {
    List<String> arguments = arguments("shadow", TestRedis.sharedPort());
    Set<Integer> answered = ConcurrentHashMap.newKeySet();
    AtomicInteger next = new AtomicInteger();
    AtomicBoolean dead = new AtomicBoolean();
    try (RouterProcess router = new RouterProcess(RouterApplication.class, arguments)) {
      Http http = router.http();
      List<Thread> devices = new ArrayList<>();
      for (int device = 0; device < 16; device++) {
        devices.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      while (!dead.get()) {
                        int second = next.getAndIncrement();
                        try {
                          if (http.post("/upload_health_data", Http.health("ACCOUNT", second))
                                  .status()
                              == 200) {
                            answered.add(second);
                          }
                        } catch (IllegalStateException e) {
                          // the router died under this request
                        }
                      }
                    }));
      }
      await().atMost(PATIENCE).until(() -> answered.size() > 3_000);
      router.kill();
      dead.set(true);
      for (Thread device : devices) {
        device.join();
      }
    }
    try (RouterProcess again = new RouterProcess(RouterApplication.class, arguments)) {
      again.awaitStart();
      awaitAccounted(again, answered.size());
      Set<RecordId> written = ids("SELECT id FROM " + rows());
      Set<RecordId> lost =
          ids("SELECT id FROM %s.lost_record WHERE path = 'LEGACY'".formatted(control));
      assertThat(lost).doesNotContainAnyElementsOf(written);
      Set<RecordId> known = new HashSet<>(written);
      known.addAll(lost);
      Set<RecordId> promised = new HashSet<>();
      answered.forEach(second -> promised.add(HealthData.id("ACCOUNT", FIRST.plusSeconds(second))));
      assertThat(known).containsAll(promised);
      written.removeAll(ids("SELECT id FROM %s.t_user_health_data".formatted(stream)));
      assertThat(ids("SELECT id FROM %s.dropped_mirror WHERE path = 'STREAM'".formatted(control)))
          .as("copies that died on their way are noted")
          .containsAll(written);
      assertThat(
              number(
                  "SELECT COUNT(*) FROM %s.lost_record WHERE path = 'STREAM'".formatted(control)))
          .as("Redis loses nothing with a router")
          .isZero();
      assertThat(
              number(
                  "SELECT SUM(accepted - written - repeated - dead_letters - lost) FROM %s.accounting"
                      .formatted(control)))
          .isZero();
    }
  }

  @Test
  void copiesThatRedisHadNotConfirmedWhenTheirRouterDiedAreExplained() throws Exception {
    try (TestRedis redis = new TestRedis()) {
      List<String> arguments = arguments("shadow", redis.port());
      try (RouterProcess router = new RouterProcess(RouterApplication.class, arguments)) {
        Http http = router.http();
        for (int second = 0; second < 50; second++) {
          upload(http, second);
        }
        await().atMost(PATIENCE).until(() -> router.sum("crossfade_router_mirrored_total") == 50);
        redis.hang();
        String all =
            IntStream.range(50, 350)
                .mapToObj(second -> Http.health("ACCOUNT", second))
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(http.post("/upload_health_data", all).status()).isEqualTo(200);
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () -> assertThat(number("SELECT COUNT(*) FROM " + rows())).isEqualTo(350));
        router.kill();
      }
      redis.kill();
      redis.start();
      try (RouterProcess again = new RouterProcess(RouterApplication.class, arguments)) {
        again.awaitStart();
        awaitAccounted(again, 350);
        Set<RecordId> missing = ids("SELECT id FROM " + rows());
        missing.removeAll(ids("SELECT id FROM %s.t_user_health_data".formatted(stream)));
        assertThat(missing).hasSize(300);
        assertThat(ids("SELECT id FROM %s.dropped_mirror WHERE path = 'STREAM'".formatted(control)))
            .isEqualTo(missing);
        assertThat(number("SELECT COUNT(*) FROM %s.lost_record".formatted(control))).isZero();
      }
    }
  }

  /** Their names, in one statement, took the router's heap, and that of each that came after it. */
  @Test
  void aRouterOutlivesThatRedisLosesMoreThanASegment() throws Exception {
    int lists = 134;
    int items = 500;
    try (TestRedis redis = new TestRedis();
        RouterProcess router =
            new RouterProcess(
                RouterApplication.class,
                List.of("-Xmx160m", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"),
                arguments(
                    "shadow",
                    redis.port(),
                    "--crossfade.stream.consume=false",
                    "--crossfade.accounting.every=12s",
                    "--crossfade.accounting.entries=65536"))) {
      Http http = router.http();
      for (int list = 0; list < lists; list++) {
        int first = list * items;
        String all =
            IntStream.range(first, first + items)
                .mapToObj(second -> Http.health("ACCOUNT", second))
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(http.post("/upload_health_data_v2", all).status()).isEqualTo(200);
      }
      redis.command(RedisServerCommands::flushall);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(router.isAlive()).as(router.log()).isTrue();
                assertThat(
                        number(
                            "SELECT COALESCE(SUM(lost), 0) FROM %s.accounting".formatted(control)))
                    .isEqualTo(lists * items);
              });
      assertThat(number("SELECT COUNT(*) FROM %s.lost_record".formatted(control)))
          .isEqualTo(lists * items);
    }
  }

  private List<String> arguments(String stage, int redisPort, String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(0, arguments(stage));
    return RouterProcess.arguments(
        schemas, redisPort, TestRedis.newPrefix(), all.toArray(String[]::new));
  }

  private List<String> arguments(String stage) {
    return List.of(
        "--crossfade.rollout.initial=" + stage,
        "--crossfade.accounting.directory=" + directory,
        "--crossfade.accounting.every=200ms",
        "--crossfade.accounting.entries=1000",
        "--crossfade.reconciler.settle=200ms",
        // None is given up before its router is killed.
        "--crossfade.stream.append-timeout=60s");
  }

  private void awaitAccounted(RouterProcess router, long atLeast) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(
                      number(
                          "SELECT COALESCE(SUM(accepted), 0) FROM %s.accounting WHERE path = 'LEGACY'"
                              .formatted(control)))
                  .as(router.log())
                  .isGreaterThanOrEqualTo(atLeast);
              try (Stream<Path> instances = Files.list(directory)) {
                assertThat(instances.filter(Files::isDirectory)).hasSize(1);
              }
            });
  }

  private static void upload(Http http, int second) {
    assertThat(http.post("/upload_health_data", Http.health("ACCOUNT", second)).status())
        .isEqualTo(200);
  }

  private static long held(RouterProcess router) {
    return router
        .metrics()
        .lines()
        .filter(line -> line.startsWith("crossfade_legacy_held{") && line.contains("health"))
        .mapToLong(line -> (long) Double.parseDouble(line.replaceAll(".* ", "")))
        .sum();
  }

  private String rows() {
    return legacy + ".t_user_health_data";
  }

  private static long number(String sql) throws SQLException {
    return Long.parseLong(TestDatabase.query(sql).getFirst());
  }

  private static Set<RecordId> ids(String sql) throws SQLException {
    Set<RecordId> ids = new HashSet<>();
    try (var connection = TestDatabase.admin();
        var result = connection.createStatement().executeQuery(sql)) {
      while (result.next()) {
        ids.add(RecordId.of(result.getBytes(1)));
      }
    }
    return ids;
  }
}
