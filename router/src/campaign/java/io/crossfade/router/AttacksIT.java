package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.TestRedis;
import java.net.http.HttpRequest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What anybody can send to the packaged router in its documented heap, each twice, and what comes
 * of it: devices are answered meanwhile, whatever was accepted is a row, and afterwards the router
 * is as before. Prints how long devices waited, alone and beside it; nothing is asserted of that.
 *
 * <p>{@code -Dcrossfade.attacks.uploads=450} large uploads, {@code -Dcrossfade.attacks.slow=10000}
 * slow connections (needs {@code ulimit -n} 20,000 or more).
 */
class AttacksIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int ROUNDS = 2;
  private static final int LARGE = Integer.getInteger("crossfade.attacks.uploads", 120);
  private static final int SLOW = Integer.getInteger("crossfade.attacks.slow", 1_000);
  private static final int LARGE_AT_ONCE = 48;

  private record Running(RouterProcess router, Http http) {}

  /** As README.md has it. */
  private static final List<String> JVM =
      List.of(
          "-Xms512m",
          "-Xmx512m",
          "-XX:-G1UseAdaptiveIHOP",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:TieredStopAtLevel=1");

  private DbSettings schemas;
  private List<String> arguments;
  private @Nullable Running running;
  private int crowds;

  @BeforeEach
  void prepare() {
    schemas = TestDatabase.newSchemas();
    arguments =
        RouterProcess.arguments(
            schemas,
            TestRedis.sharedPort(),
            TestRedis.newPrefix(),
            "--crossfade.budget.body-patience=4s",
            "--crossfade.stream.append-timeout=5s");
  }

  @AfterEach
  void end() {
    Running last = running;
    if (last != null) {
      last.router().close();
    }
  }

  @Test
  void largeUploads() throws Exception {
    start();
    for (int round = 0; round < ROUNDS; round++) {
      String name = "LARGE" + round + "-";
      Map<String, Integer> accepted = new ConcurrentHashMap<>();
      beside("large uploads", true, () -> large("/upload_health_data", name, accepted));
      allOfItIsThere(accepted, schemas.legacy());
    }
  }

  @Test
  void largeUploadsIntoTheStreamAndARestart() throws Exception {
    arguments = new ArrayList<>(arguments);
    arguments.removeIf(argument -> argument.startsWith("--crossfade.rollout.initial"));
    arguments.add("--crossfade.rollout.initial=live");
    Map<String, Integer> accepted = new ConcurrentHashMap<>();
    for (int round = 0; round < ROUNDS; round++) {
      start();
      large("/upload_health_data", "LIVE" + round + "-", accepted);
      router().kill();
    }
    start();
    allOfItIsThere(accepted, schemas.stream());
    recovered();
  }

  @Test
  void headsThatAnnounceBodies() throws Exception {
    start();
    for (int round = 0; round < ROUNDS; round++) {
      beside("heads that announce bodies", false, this::announce);
    }
  }

  private void announce() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 400; i++) {
        RawClient client = new RawClient(router().port());
        clients.add(client);
        client.send(
            i % 2 == 0
                ? RawClient.head("/upload_health_data", "Content-Length: 2000000")
                : RawClient.head(
                    "/upload_common_event", "Content-Length: 2000000", "Expect: 100-continue"));
      }
      for (RawClient client : clients) {
        assertThat(client.status()).isIn(100, 408, 503, -1);
        assertThat(client.rest()).as("the router ends it").isNotNull();
      }
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  @Test
  void guessedPasswords() throws Exception {
    start();
    for (int round = 0; round < ROUNDS; round++) {
      beside("guessed passwords", false, this::guess);
    }
  }

  private void guess() throws InterruptedException {
    List<Thread> guessers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int guesser = i;
      guessers.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int guess = 0; guess < 100; guess++) {
                      String login = "operator:guess-" + guesser + "-" + guess;
                      http()
                          .send(
                              http()
                                  .as(null)
                                  .request(guess % 2 == 0 ? "/api/rollout" : "/console/%6cogin")
                                  .header(
                                      "Authorization",
                                      "Basic "
                                          + Base64.getEncoder().encodeToString(login.getBytes()))
                                  .header("Content-Type", "application/x-www-form-urlencoded")
                                  .POST(
                                      HttpRequest.BodyPublishers.ofString(
                                          "username=operator&password=x" + guess)));
                    }
                  }));
    }
    for (Thread guesser : guessers) {
      guesser.join();
    }
  }

  @Test
  void numberWithoutEnd() throws Exception {
    start();
    for (int round = 0; round < ROUNDS; round++) {
      String device = "NUMBER" + round;
      beside(
          "a number without end",
          false,
          () -> {
            for (int i = 0; i < 200; i++) {
              String good = "{\"deviceSn\":\"%s\",\"timestamp\":%d}";
              assertThat(
                      http()
                          .post(
                              "/upload_health_data",
                              "{\"data\":[%s,{\"deviceSn\":\"%s\",\"heart_rate\":1e99999999999,\"timestamp\":%d}]}"
                                  .formatted(
                                      good.formatted(device, 1_757_808_900 + 2 * i),
                                      device,
                                      1_757_808_901 + 2 * i))
                          .status())
                  .isEqualTo(200);
            }
          });
      allOfItIsThere(Map.of(device, 400), schemas.legacy());
    }
  }

  @Test
  void crowdThatSendsAByteASecond() throws Exception {
    start();
    for (int round = 0; round < ROUNDS; round++) {
      beside(
          SLOW + " slow connections",
          false,
          () -> {
            try (SlowCrowd crowd = new SlowCrowd(router().port(), SLOW);
                WellBehaved others = devices()) {
              await().atMost(PATIENCE).until(() -> crowd.open() > SLOW / 2);
              await().atMost(PATIENCE).until(() -> crowd.ended() > SLOW);
              int before = others.answered();
              await().atMost(PATIENCE).until(() -> others.answered() > before + 300);
            }
          });
    }
  }

  /** What is done to the router while devices upload. */
  private interface Attack {
    void run() throws Exception;
  }

  private void beside(String attack, boolean mayRefuse, Attack run) throws Exception {
    WellBehaved alone = devices();
    await().atMost(PATIENCE).until(() -> alone.answered() > 300);
    alone.close();
    WellBehaved during = devices();
    try (during) {
      run.run();
    }
    assertThat(during.failures()).isEmpty();
    assertThat(alone.failures()).isEmpty();
    if (!mayRefuse) {
      assertThat(during.refused()).as("refused by reason of others").isZero();
    }
    recovered();
    int expected = alone.accepted().size() + during.accepted().size();
    System.out.printf(
        "%s: p50, p99 alone %.1f, %.1f ms; beside it %.1f, %.1f ms; %d accepted, %d refused;"
            + " resident %d MiB%n",
        attack,
        alone.p50(),
        alone.p99(),
        during.p50(),
        during.p99(),
        during.accepted().size(),
        during.refused(),
        router().residentKib() / 1024);
    allOfItIsThere(Map.of("WELL" + crowds, expected), schemas.legacy());
    crowds++;
  }

  private int seconds;

  private WellBehaved devices() {
    return new WellBehaved(http(), "/upload_health_data", "WELL" + crowds, 1_000_000 * seconds++);
  }

  /** Uploads of 2 MB of four sorts, many at once. */
  private void large(String path, String name, Map<String, Integer> accepted)
      throws InterruptedException {
    Semaphore atOnce = new Semaphore(LARGE_AT_ONCE);
    AtomicInteger unanswered = new AtomicInteger();
    List<Thread> senders = new ArrayList<>();
    Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    for (int i = 0; i < LARGE; i++) {
      int upload = i;
      atOnce.acquire();
      senders.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      String device = name + upload;
                      int items = List.of(400, 1, 5_000, 0).get(upload % 4);
                      int status =
                          http()
                              .send(
                                  http()
                                      .request(path)
                                      .timeout(PATIENCE)
                                      .POST(
                                          HttpRequest.BodyPublishers.ofString(body(device, items))))
                              .status();
                      statuses.merge(status, 1, Integer::sum);
                      if (status == 200) {
                        accepted.put(device, items);
                      }
                    } catch (IllegalStateException e) {
                      // Its connection ended before it had sent all: it was not accepted.
                      unanswered.incrementAndGet();
                    } finally {
                      atOnce.release();
                    }
                  }));
    }
    for (Thread sender : senders) {
      sender.join();
    }
    System.out.println("  large uploads by status " + statuses + ", cut off " + unanswered);
    assertThat(statuses.keySet()).isSubsetOf(200, 408, 413, 503);
  }

  private static String body(String device, int items) {
    if (items == 0) {
      return "[" + "{},".repeat(650_000) + "{}]";
    }
    int filler = items == 5_000 ? 0 : 1_900_000 / items;
    String fact =
        filler == 0 ? "" : ",\"workoutData\":\"{\\\"data\\\":\\\"" + "x".repeat(filler) + "\\\"}\"";
    StringBuilder body = new StringBuilder("{\"data\":[");
    for (int i = 0; i < items; i++) {
      body.append(i == 0 ? "" : ",")
          .append(
              "{\"deviceSn\":\"%s\",\"heart_rate\":72,\"timestamp\":%d%s}"
                  .formatted(device, 1_757_808_900 + i, fact));
    }
    return body.append("]}").toString();
  }

  private void start() {
    RouterProcess router = RouterProcess.packaged(JVM, arguments);
    running = new Running(router, router.http());
  }

  private RouterProcess router() {
    return Objects.requireNonNull(running).router();
  }

  private Http http() {
    return Objects.requireNonNull(running).http();
  }

  /** Uploads are taken, every loop is alive, nothing is held. */
  private void recovered() {
    await("an upload after")
        .atMost(PATIENCE)
        .until(
            () ->
                http().post("/upload_health_data", Http.health("AFTER", seconds++)).status()
                    == 200);
    await("nothing held")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(router().sum("crossfade_budget_used")).isZero());
    assertThat(
            router()
                .metrics()
                .lines()
                .filter(line -> line.startsWith("crossfade_process_loop_alive{"))
                .filter(line -> !line.endsWith(" 1.0")))
        .isEmpty();
    assertThat(router().log()).doesNotContain("OutOfMemoryError");
  }

  private void allOfItIsThere(Map<String, Integer> accepted, DbSettings.Schema schema) {
    await("rows of what was accepted")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, Integer> rows = rows(schema);
              Map<String, Integer> missing = new HashMap<>();
              accepted.forEach(
                  (device, expected) -> {
                    int found = rows.getOrDefault(device, 0);
                    if (found < expected) {
                      missing.put(device, expected - found);
                    }
                  });
              assertThat(missing).isEmpty();
            });
  }

  private static Map<String, Integer> rows(DbSettings.Schema schema) throws SQLException {
    Map<String, Integer> rows = new HashMap<>();
    try (var connection = TestDatabase.admin();
        var statement = connection.createStatement();
        var result =
            statement.executeQuery(
                "SELECT device_sn, COUNT(*) FROM %s.t_user_health_data GROUP BY device_sn"
                    .formatted(schema.url().replaceAll(".*/", "")))) {
      while (result.next()) {
        rows.put(result.getString(1), result.getInt(2));
      }
    }
    return rows;
  }
}
