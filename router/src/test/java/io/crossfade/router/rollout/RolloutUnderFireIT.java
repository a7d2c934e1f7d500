package io.crossfade.router.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.DbSettings;
import io.crossfade.db.Kind;
import io.crossfade.db.TestDatabase;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.report.ComparisonReport;
import io.crossfade.router.Http;
import io.crossfade.router.IdleBudget;
import io.crossfade.router.TestComparisons;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.flags.FlagTable;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.flags.RolloutChange;
import io.crossfade.stream.TestRedis;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Two routers, one Redis, one database and devices that never stop, while operators turn the
 * traffic up and down and Redis dies.
 */
class RolloutUnderFireIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int DEVICES = 40;

  /** Until every router routes by a change, and clocks of acceptance and history agree. */
  private static final Duration FLIP = Duration.ofMillis(1_500);

  /** A row's identity in this test: every upload has a second of its own. */
  private record Sent(String device, int second) {}

  private record Row(Instant acceptedAt, String reason) {}

  private final TestRedis redis = new TestRedis();
  private final DbSettings schemas = TestDatabase.newSchemas();
  private final List<ConfigurableApplicationContext> routers = new ArrayList<>();
  private final Set<Sent> accepted = ConcurrentHashMap.newKeySet();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean running = new AtomicBoolean(true);

  @BeforeEach
  void start() {
    String prefix = TestRedis.newPrefix();
    for (int i = 0; i < 2; i++) {
      routers.add(
          TestRouterApplication.start(
              schemas,
              redis.port(),
              List.of(
                  "--server.port=0",
                  "--management.server.port=0",
                  "--crossfade.rollout.automatic-rollback=",
                  "--crossfade.stream.key-prefix=" + prefix)));
    }
  }

  @AfterEach
  void stop() {
    running.set(false);
    routers.forEach(IdleBudget::closeOnceIdle);
    redis.close();
  }

  @Test
  void nothingIsLostNorChangesItsWayWithoutARecord() throws Exception {
    Instant from = Instant.now();
    List<Thread> devices = new ArrayList<>();
    for (int i = 0; i < DEVICES; i++) {
      String device = "FIRE%04d".formatted(i);
      devices.add(Thread.ofVirtual().start(() -> uploadUntilStopped(device)));
    }
    for (int cycle = 0; cycle < 3; cycle++) {
      awaitUploads(300);
      change("\"stage\":\"canary\",\"percentage\":50");
      awaitUploads(300);
      if (cycle == 1) {
        redis.kill();
        awaitUploads(300);
        redis.start();
      }
      change("\"stage\":\"live\"");
      awaitUploads(300);
      if (cycle == 2) {
        redis.kill();
        awaitUploads(300);
      }
      rollback();
      awaitUploads(300);
      if (cycle == 2) {
        redis.start();
      }
    }
    awaitUploads(600);
    running.set(false);
    for (Thread device : devices) {
      device.join();
    }
    assertThat(failures).as("no request failed").isEmpty();
    awaitDrained();

    Map<Sent, Row> legacy = rows("legacyDataSource");
    Map<Sent, Row> stream = rows("streamDataSource");
    Set<Sent> everywhere = new HashSet<>(legacy.keySet());
    everywhere.addAll(stream.keySet());
    assertThat(everywhere).as("in at least one output").isEqualTo(accepted);
    assertThat(stream.values())
        .as("the stream served some")
        .anyMatch(row -> row.reason().equals("FLAG"));
    assertThat(legacy.values())
        .as("the memory queue took over")
        .anyMatch(row -> row.reason().equals("STREAM_UNAVAILABLE"));

    List<RolloutChange> history = bean(FlagTable.class).history(Kind.HEALTH, 1_000).reversed();
    assertThat(history).hasSize(10);
    legacy.forEach((sent, row) -> assertRoute(history, sent, row, false));
    stream.forEach((sent, row) -> assertRoute(history, sent, row, true));

    ComparisonResult compared =
        TestComparisons.drained(
            routers.getFirst(),
            new ComparisonWindow(from.minusSeconds(1), Instant.now().plusSeconds(1)));
    assertThat(compared.unexplained(Kind.HEALTH))
        .as(ComparisonReport.text(compared) + ComparisonReport.json(compared))
        .isZero();
  }

  /** A row that the flags sent there was sent by flags that were on record at that time. */
  private static void assertRoute(List<RolloutChange> history, Sent sent, Row row, boolean stream) {
    if (!row.reason().equals("FLAG")) {
      return;
    }
    List<KindFlags> inForce = new ArrayList<>();
    for (int i = 0; i < history.size(); i++) {
      Instant begin = history.get(i).changedAt().minus(FLIP);
      Instant end =
          i + 1 < history.size() ? history.get(i + 1).changedAt().plus(FLIP) : Instant.MAX;
      if (!row.acceptedAt().isBefore(begin) && row.acceptedAt().isBefore(end)) {
        inForce.add(history.get(i).after());
      }
    }
    assertThat(inForce)
        .as("flags when %s was accepted at %s", sent, row.acceptedAt())
        .anyMatch(flags -> flags.cohort().contains(sent.device(), null) == stream);
  }

  private void uploadUntilStopped(String device) {
    AtomicInteger second = new AtomicInteger();
    while (running.get()) {
      Sent next = new Sent(device, second.getAndIncrement());
      Http http = Http.of(routers.get(next.second() % routers.size()));
      try {
        int status = http.post("/upload_health_data", Http.health(device, next.second())).status();
        if (status == 200) {
          accepted.add(next);
        } else {
          failures.add(next + " got " + status);
        }
      } catch (RuntimeException e) {
        failures.add(next + " got " + e);
      }
    }
  }

  private void awaitUploads(int more) {
    int before = accepted.size();
    await().atMost(PATIENCE).until(() -> accepted.size() >= before + more);
  }

  private void change(String fields) {
    Http http = Http.of(routers.getFirst());
    long version = http.get("/api/rollout").json().path("version").asLong();
    Http.Answer answer =
        http.call(
            "POST",
            "/api/rollout/changes",
            "{\"kind\":\"all\",%s,\"force\":true,\"reason\":\"drill\",\"version\":%d}"
                .formatted(fields, version));
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
  }

  private void rollback() {
    Http.Answer answer =
        Http.of(routers.getLast())
            .call("POST", "/api/rollout/rollbacks", "{\"kind\":\"all\",\"reason\":\"drill\"}");
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
    assertThat(answer.json().path("stored").asBoolean()).as(answer.raw().body()).isTrue();
  }

  private void awaitDrained() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(() -> routers.stream().allMatch(TestComparisons::areDrained));
  }

  private Map<Sent, Row> rows(String output) throws SQLException {
    Map<Sent, Row> rows = new HashMap<>();
    try (Connection connection = bean(output, DataSource.class).getConnection();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT device_sn, TIMESTAMPDIFF(SECOND, '2025-09-14 08:15:00', `timestamp`),"
                    + " stamp, route_reason FROM t_user_health_data")) {
      while (result.next()) {
        Row before =
            rows.put(
                new Sent(result.getString(1), result.getInt(2)),
                new Row(AcceptanceStamp.instantOf(result.getLong(3)), result.getString(4)));
        assertThat(before).as("exactly once").isNull();
      }
    }
    return rows;
  }

  private <T> T bean(Class<T> type) {
    return routers.getFirst().getBean(type);
  }

  private <T> T bean(String name, Class<T> type) {
    return routers.getFirst().getBean(name, type);
  }
}
