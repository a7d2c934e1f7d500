package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.DbSettings;
import io.crossfade.db.DeliveryPath;
import io.crossfade.db.TestDatabase;
import io.crossfade.stream.TestRedis;
import java.io.IOException;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What anybody can send to the packaged router in its documented heap, each twice, and what comes
 * of it: devices are answered meanwhile, whatever was accepted is a row, and afterwards the router
 * is as before. Prints how long devices waited, alone and beside it, and how long it took until all
 * was as before, beside the bars; nothing is asserted of these.
 *
 * <p>{@code -Dcrossfade.attacks.uploads=450} large uploads, {@code -Dcrossfade.attacks.slow=10000}
 * slow connections (needs {@code ulimit -n} 20,000 or more), {@code -Dcrossfade.attacks.rate=1000}
 * uploads of other devices a second.
 */
class AttacksIT {

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int ROUNDS = 2;
  private static final int LARGE = Integer.getInteger("crossfade.attacks.uploads", 120);
  private static final int SLOW = Integer.getInteger("crossfade.attacks.slow", 1_000);
  private static final int RATE = Integer.getInteger("crossfade.attacks.rate", 200);
  private static final int LARGE_AT_ONCE = 48;

  /** So that what waits for it takes no longer. */
  private static final String SHORT_PATIENCE = "--crossfade.budget.body-patience=4s";

  /** Answers while a router's code is being compiled say nothing of what others do to it. */
  private static final int WARM_UP = Integer.getInteger("crossfade.attacks.warm-up", 2_000);

  /** Most that p99 may grow beside an attack, and beside slow connections. */
  private static final double BAR = 5;

  private static final double SLOW_BAR = 3;

  private static final double RECOVERY_BAR = 5;

  /** What a heap may hold more after the second round than after the first, bytes. */
  private static final long FLAT = 24 << 20;

  private record Running(RouterProcess router, Http http) {}

  private DbSettings schemas;
  private List<String> arguments;
  private @Nullable Running running;
  private int crowds;
  private int after;
  private final List<Long> heaps = new ArrayList<>();

  @BeforeEach
  void prepare() {
    schemas = TestDatabase.newSchemas();
    arguments =
        RouterProcess.arguments(
            schemas,
            TestRedis.sharedPort(),
            TestRedis.newPrefix(),
            SHORT_PATIENCE,
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
      beside("large uploads", BAR, true, () -> large("/upload_health_data", name, accepted));
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
    allOfItIsInAnOutputOrNamed(accepted);
    recovered();
  }

  @Test
  void headsThatAnnounceBodies() throws Exception {
    start();
    for (int round = 0; round < ROUNDS; round++) {
      beside("heads that announce bodies", BAR, false, this::announce);
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
      beside("guessed passwords", BAR, false, this::guess);
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
          BAR,
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
    arguments = new ArrayList<>(arguments);
    arguments.remove(SHORT_PATIENCE);
    start();
    for (int round = 0; round < ROUNDS; round++) {
      beside(
          SLOW + " slow connections",
          SLOW_BAR,
          false,
          () -> {
            try (SlowCrowd crowd = new SlowCrowd(router().port(), SLOW)) {
              await().atMost(PATIENCE).until(() -> crowd.open() > SLOW / 2);
              await().atMost(PATIENCE).until(() -> crowd.ended() > SLOW);
            }
          });
    }
  }

  /** What is done to the router while devices upload. */
  private interface Attack {
    void run() throws Exception;
  }

  /**
   * @param bar how much longer than alone p99 may be
   * @param mayRefuse whether other devices may be asked to come back later
   */
  private void beside(String attack, double bar, boolean mayRefuse, Attack run) throws Exception {
    if (crowds == 0) {
      uploads(WARM_UP);
    }
    WellBehaved alone = uploads(10 * RATE);
    WellBehaved during = devices();
    try (during) {
      run.run();
      int least = during.answered() + RATE;
      await().atMost(PATIENCE).until(() -> during.answered() >= least);
    }
    long end = System.nanoTime();
    assertThat(router().isAlive()).as(router().log()).isTrue();
    assertThat(during.failures()).isEmpty();
    if (!mayRefuse) {
      assertThat(during.refused()).as("refused by reason of others").isZero();
    }
    recovered();
    double recovery = (System.nanoTime() - end) / 1e9;
    allOfItIsThere(alone.accepted(), schemas.legacy());
    allOfItIsThere(during.accepted(), schemas.legacy());
    double ratio = during.millis(0.99) / alone.millis(0.99);
    heaps.add(router().liveHeap());
    System.out.printf(
        "| %s | %.1f, %.1f ms | %.1f, %.1f ms | %.2f (bar %.0f) %s | %.1f s (bar %.0f) %s | %,d |"
            + " %,d | %d MiB | %d MiB |%n",
        attack,
        alone.millis(0.5),
        alone.millis(0.99),
        during.millis(0.5),
        during.millis(0.99),
        ratio,
        bar,
        ratio <= bar ? "met" : "MISSED",
        recovery,
        RECOVERY_BAR,
        recovery <= RECOVERY_BAR ? "met" : "MISSED",
        during.answered(),
        during.refused(),
        heaps.getLast() >> 20,
        router().residentKib() >> 10);
    assertThat(heaps.getLast())
        .as("heap by round %s, of it%n%s", heaps, router().largestClasses())
        .isLessThan(heaps.getFirst() + FLAT);
  }

  /** Devices that nobody disturbs; none may be refused. */
  private WellBehaved uploads(int count) throws InterruptedException {
    WellBehaved devices = devices();
    try (devices) {
      await().atMost(PATIENCE).until(() -> devices.answered() >= count);
    }
    assertThat(devices.failures()).isEmpty();
    assertThat(devices.refused()).isZero();
    return devices;
  }

  private WellBehaved devices() {
    return new WellBehaved(http(), "/upload_health_data", "WELL" + crowds++, RATE, 1);
  }

  /**
   * Uploads of 2 MB of four sorts, many at once, from threads and sockets of their own: the client
   * of the well-behaved devices has nothing to do with them.
   */
  private void large(String path, String name, Map<String, Integer> accepted)
      throws InterruptedException {
    AtomicInteger next = new AtomicInteger();
    Map<Integer, Integer> statuses = new ConcurrentHashMap<>();
    List<Thread> senders = new ArrayList<>();
    for (int i = 0; i < LARGE_AT_ONCE; i++) {
      senders.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int upload = next.getAndIncrement();
                        upload < LARGE;
                        upload = next.getAndIncrement()) {
                      String device = name + upload;
                      int items = List.of(400, 1, 5_000, 0).get(upload % 4);
                      int status = send(path, LargeUpload.body(device, items));
                      statuses.merge(status, 1, Integer::sum);
                      if (status == 200) {
                        accepted.put(device, items);
                      }
                    }
                  }));
    }
    for (Thread sender : senders) {
      sender.join();
    }
    System.out.println("  large uploads by status (-1: cut off) " + statuses);
    assertThat(statuses.keySet()).isSubsetOf(200, 408, 413, 503, -1);
  }

  /** The status; -1 when the connection ended before there was one. */
  private int send(String path, byte[] body) {
    try (RawClient client = new RawClient(router().port())) {
      try {
        client.send(RawClient.head(path, "Content-Length: " + body.length)).send(body);
      } catch (IOException e) {
        // It may have its answer all the same: the router need not have read all of it.
      }
      return client.status();
    } catch (IOException e) {
      return -1;
    }
  }

  private void start() {
    RouterProcess router = DocumentedRouter.start(arguments);
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
                http().post("/upload_health_data", Http.health("AFTER", after++)).status() == 200);
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

  /**
   * What the stream could not take in time went to the memory queue, and dies with its process:
   * then the router must say so of each. What the stream took must be there.
   */
  private void allOfItIsInAnOutputOrNamed(Map<String, Integer> accepted) throws SQLException {
    int records = accepted.values().stream().mapToInt(Integer::intValue).sum();
    await("rows of what was accepted, or notes that it is lost")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, Integer> rows = DocumentedRouter.rowsOfEither(schemas);
              int missing =
                  accepted.entrySet().stream()
                      .mapToInt(
                          device ->
                              Math.max(
                                  0, device.getValue() - rows.getOrDefault(device.getKey(), 0)))
                      .sum();
              assertThat(DocumentedRouter.namedLost(schemas, DeliveryPath.LEGACY))
                  .as("lost in the memory queue, of %,d records", records)
                  .isEqualTo(missing);
              assertThat(DocumentedRouter.namedLost(schemas, DeliveryPath.STREAM)).isZero();
            });
    System.out.printf(
        "  of %,d records in %d uploads %,d stand in the stream's output%n",
        records,
        accepted.size(),
        DocumentedRouter.rows(schemas.stream()).values().stream()
            .mapToInt(Integer::intValue)
            .sum());
  }

  private void allOfItIsThere(Map<String, Integer> accepted, DbSettings.Schema schema) {
    await("rows of what was accepted")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Map<String, Integer> rows = DocumentedRouter.rows(schema);
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
}
