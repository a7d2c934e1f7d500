package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.budget.Stage;
import io.crossfade.router.intake.SlowBodies;
import io.crossfade.stream.TestRedis;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/** Whatever is done to a router, what it holds of its budget goes back. */
class BudgetIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** With 1 GiB, some 11 MB: 6 MB for uploads. */
  private static final List<String> SMALL =
      List.of(
          "--server.port=0",
          "--management.server.port=0",
          "--crossfade.budget.heap-share=0.01",
          "--crossfade.budget.body-patience=2s",
          "--crossfade.letters.per-minute=1000000",
          "--crossfade.router.patience=300ms",
          "--crossfade.stream.append-timeout=500ms");

  private static TestRedis redis;
  private static ConfigurableApplicationContext router;
  private static ByteBudget budget;
  private static SlowBodies bodies;
  private static Http http;
  private static int port;

  @BeforeAll
  static void start() {
    redis = new TestRedis();
    DbSettings schemas = TestDatabase.newSchemas();
    router = TestRouterApplication.start(schemas, redis.port(), SMALL);
    budget = router.getBean(ByteBudget.class);
    bodies = router.getBean(SlowBodies.class);
    http = Http.of(router);
    port = Integer.parseInt(router.getEnvironment().getProperty("local.server.port"));
  }

  @AfterAll
  static void stop() throws Exception {
    IdleBudget.closeOnceIdle(router);
    redis.close();
  }

  @Test
  void bodyThatComesTooSlowlyIsEndedAndHoldsNothingMeanwhile() throws Exception {
    try (RawClient slow = new RawClient(port)) {
      slow.send(RawClient.head("/upload_health_data", "Content-Length: 2000000")).send("{\"data");
      await().atMost(PATIENCE).until(() -> bodies.size() == 1);
      assertThat(budget.used(Stage.UPLOADS)).as("not what it announces").isLessThan(200_000);
      assertThat(slow.status()).isEqualTo(408);
      assertThat(slow.rest())
          .as("it is not waited for, and has the answer of uploads")
          .contains("Connection: close")
          .endsWith("{\"status\":\"error\",\"message\":\"请求体接收过慢，请稍后重试\"}");
    }
    idle();
  }

  @Test
  void bodyThatComesLateButInTimeIsRead() throws Exception {
    String body = Http.health("LATE", 0);
    try (RawClient late = new RawClient(port)) {
      late.send(RawClient.head("/upload_health_data", "Content-Length: " + body.length()));
      await().atMost(PATIENCE).until(() -> bodies.size() == 1);
      late.send(body.substring(0, 10)).send(body.substring(10));
      assertThat(late.status()).isEqualTo(200);
    }
    try (RawClient chunked = new RawClient(port)) {
      chunked.send(RawClient.head("/upload_health_data", "Transfer-Encoding: chunked"));
      await().atMost(PATIENCE).until(() -> bodies.size() == 1);
      for (String part : body.split("(?<=,)")) {
        chunked.send("%x\r\n%s\r\n".formatted(part.length(), part));
      }
      chunked.send("0\r\n\r\n");
      assertThat(chunked.status()).isEqualTo(200);
    }
    idle();
  }

  /** Also of one whose end is not waited for. */
  @Test
  void chunksThatBecomeTooLargeAreRefusedAsSuch() throws Exception {
    String chunk = "%x\r\n%s\r\n".formatted(500_000, "x".repeat(500_000));
    for (int chunks : new int[] {5, 100}) {
      try (RawClient chunked = new RawClient(port)) {
        chunked.send(RawClient.head("/upload_health_data", "Transfer-Encoding: chunked"));
        try {
          for (int i = 0; i < chunks; i++) {
            chunked.send(chunk);
          }
          chunked.send("0\r\n\r\n");
        } catch (IOException e) {
          // it has its answer
        }
        assertThat(chunked.status()).as(chunks + " chunks").isEqualTo(413);
      }
    }
    idle();
  }

  @Test
  void headThatComesTooSlowlyEndsItsConnection() throws Exception {
    try (RawClient slow = new RawClient(port)) {
      slow.send("POST /upload_health_data HTTP/1.1\r\nX-Slow: ");
      slow.drip();
      assertThat(slow.status()).isIn(-1, 400, 408);
    }
  }

  @Test
  void slowBodyOfAnotherPageEndsItsConnection() throws Exception {
    try (RawClient slow = new RawClient(port)) {
      slow.send(
          RawClient.head(
              "/console/login",
              "Content-Type: application/x-www-form-urlencoded",
              "Content-Length: 5000"));
      slow.drip();
      slow.status();
      assertThat(slow.rest()).isNotNull();
    }
  }

  /** More than there is room for, and none of them gets in the way of an upload. */
  @Test
  void slowBodiesGiveWay() throws Exception {
    List<RawClient> slow = new ArrayList<>();
    try {
      long most = budget.most(Stage.UPLOADS) / (64 * 1024);
      for (int i = 0; i < 3 * most; i++) {
        RawClient client = new RawClient(port);
        slow.add(client);
        client.send(RawClient.head("/upload_health_data", "Content-Length: 1000000"));
        if (i % 10 == 0) {
          int second = i;
          await("an upload beside " + i)
              .atMost(PATIENCE)
              .until(
                  () ->
                      http.post("/upload_health_data", Http.health("BESIDE", second)).status()
                          == 200);
        }
        assertThat(budget.used(Stage.UPLOADS)).isLessThanOrEqualTo(budget.most(Stage.UPLOADS));
      }
    } finally {
      slow.forEach(RawClient::close);
    }
    idle();
  }

  /** Of 2 MB a tree of 80 MB. */
  @Test
  void treeThatThereIsNoRoomForIsRefusedAndCounted() {
    long before = budget.refused(Stage.UPLOADS);
    Http.Answer answer =
        http.post(
            "/upload_health_data",
            IntStream.range(0, 500_000)
                .mapToObj(i -> "{}")
                .collect(Collectors.joining(",", "[", "]")));
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.raw().headers().firstValue("Retry-After")).isPresent();
    assertThat(budget.refused(Stage.UPLOADS)).isGreaterThan(before);
    idle();
  }

  @Test
  void factThatIsTooLargeIsALetterBesideItsRecord() {
    String fact = "{\\\"data\\\":\\\"" + "x".repeat(300_000) + "\\\"}";
    Http.Answer answer =
        http.post(
            "/upload_health_data",
            "{\"data\":{\"deviceSn\":\"FACT\",\"timestamp\":1757808900,\"workoutData\":\"%s\"}}"
                .formatted(fact));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("status").asText()).isEqualTo("success");
    assertThat(http.get("/api/dead-letters?state=open").raw().body()).contains("FACT_TOO_LARGE");
    idle();
  }

  /** Seeded: every path, also those that fail, Redis killed and restarted in between. */
  @Test
  void whateverHappensAllOfItGoesBack() throws Exception {
    long seed = Long.getLong("crossfade.budget.seed", 11);
    Random random = new Random(seed);
    for (int action = 0; action < 400; action++) {
      if (action == 150) {
        redis.kill();
      } else if (action == 250) {
        redis.start();
      }
      String path =
          List.of(
                  "/upload_health_data",
                  "/upload_health_data_v2",
                  "/upload_device_info",
                  "/upload_common_event_v2")
              .get(random.nextInt(4));
      switch (random.nextInt(9)) {
        case 0 -> http.post(path, Http.health("S" + action, action));
        case 1 -> http.post(path, list(random.nextInt(3_000)));
        case 2 -> http.post(path, "[" + "1,".repeat(random.nextInt(30_000)) + "1]");
        case 3 -> http.post(path, "{\"data\":".repeat(random.nextInt(90)));
        case 4 -> http.send(http.request(path).method("PUT", text("x".repeat(9_999))));
        case 5 -> http.send(http.request(path).header("Content-Encoding", "gzip").POST(text("x")));
        case 6 ->
            http.post(
                path,
                "[["
                    + "{\"deviceSn\":\"E\",\"eventType\":7,\"eventValue\":[[[[]]]]},".repeat(99)
                    + "0]]");
        case 7 -> {
          try (RawClient gone = new RawClient(port)) {
            gone.send(RawClient.head(path, "Content-Length: " + (1 + random.nextInt(3_000_000))));
            gone.send("x".repeat(random.nextInt(100_000)));
          } catch (IOException e) {
            // it was turned away before it had sent this
          }
        }
        default -> http.post(path, "{\"data\":\"" + "y".repeat(random.nextInt(1_900_000)) + "\"}");
      }
    }
    idle();
  }

  private static HttpRequest.BodyPublisher text(String body) {
    return HttpRequest.BodyPublishers.ofString(body);
  }

  private static String list(int items) {
    return IntStream.range(0, items)
        .mapToObj(
            i -> "{\"deviceSn\":\"L%d\",\"heart_rate\":7,\"timestamp\":1757808900}".formatted(i))
        .collect(Collectors.joining(",", "{\"data\":[", "]}"));
  }

  private static void idle() {
    IdleBudget.awaitIdle(budget);
  }
}
