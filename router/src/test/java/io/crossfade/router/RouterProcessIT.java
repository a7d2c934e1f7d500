package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.StreamWorker;
import io.crossfade.stream.TestRedis;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Routers as processes: killed, stopped, and beside a worker. */
class RouterProcessIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void everyEntryThatRedisConfirmedIsInTheStreamOutputAfterAKill() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    List<String> arguments =
        RouterProcess.arguments(schemas, TestRedis.sharedPort(), TestRedis.newPrefix());
    Set<Integer> confirmed = ConcurrentHashMap.newKeySet();
    try (RouterProcess router = new RouterProcess(RouterApplication.class, arguments)) {
      Http http = router.http();
      AtomicBoolean dead = new AtomicBoolean();
      List<Thread> devices = new ArrayList<>();
      for (int device = 0; device < 16; device++) {
        int first = device * 100_000;
        devices.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int second = first; !dead.get(); second++) {
                        try {
                          if (http.post("/upload_health_data_v2", Http.health("KILL", second))
                              .json()
                              .path("stream_id")
                              .isTextual()) {
                            confirmed.add(second);
                          }
                        } catch (IllegalStateException e) {
                          // the router died under this request
                        }
                      }
                    }));
      }
      await().atMost(PATIENCE).until(() -> confirmed.size() > 3_000);
      router.kill();
      dead.set(true);
      for (Thread device : devices) {
        device.join();
      }
    }
    try (RouterProcess again = new RouterProcess(RouterApplication.class, arguments)) {
      again.http();
      String sql =
          "SELECT TIMESTAMPDIFF(SECOND, '2025-09-14 08:15:00', `timestamp`) FROM "
              + TestDatabase.nameOf(schemas.stream())
              + ".t_user_health_data WHERE device_sn = 'KILL'";
      await().atMost(PATIENCE).untilAsserted(() -> assertThat(numbers(sql)).containsAll(confirmed));
    }
  }

  @Test
  void terminatedRouterDrainsAndSaysWhatIsLeft() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    String prefix = TestRedis.newPrefix();
    try (RouterProcess router =
        new RouterProcess(
            RouterApplication.class,
            RouterProcess.arguments(schemas, TestRedis.sharedPort(), prefix))) {
      Http http = router.http();
      for (int second = 0; second < 500; second++) {
        assertThat(http.post("/upload_health_data", Http.health("TERM", second)).status())
            .isEqualTo(200);
      }
      assertThat(router.stop()).isEqualTo(143);
      assertThat(router.log())
          .contains("Legacy health queue drained, 500 records written")
          .contains("health_data_stream keeps");
    }
    assertThat(
            numbers(
                "SELECT COUNT(*) FROM %s.t_user_health_data WHERE device_sn = 'TERM'"
                    .formatted(TestDatabase.nameOf(schemas.legacy()))))
        .containsExactly(500);
  }

  @Test
  void workerConsumesWhatARouterThatDoesNotAppends() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    List<String> arguments =
        RouterProcess.arguments(schemas, TestRedis.sharedPort(), TestRedis.newPrefix());
    List<String> routerArguments = new ArrayList<>(arguments);
    routerArguments.add("--crossfade.stream.consume=false");
    try (RouterProcess router = new RouterProcess(RouterApplication.class, routerArguments)) {
      Http http = router.http();
      for (int second = 0; second < 100; second++) {
        assertThat(http.post("/upload_health_data_v2", Http.health("WORK", second)).status())
            .isEqualTo(200);
      }
      String sql =
          "SELECT COUNT(*) FROM %s.t_user_health_data"
              .formatted(TestDatabase.nameOf(schemas.stream()));
      assertThat(numbers(sql)).containsExactly(0);
      try (RouterProcess worker = new RouterProcess(StreamWorker.class, arguments)) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(() -> assertThat(numbers(sql)).as(worker.log()).containsExactly(100));
        assertThat(worker.stop()).isEqualTo(143);
      }
    }
  }

  private static Set<Integer> numbers(String sql) throws SQLException {
    return TestDatabase.query(sql).stream().map(Integer::valueOf).collect(Collectors.toSet());
  }
}
