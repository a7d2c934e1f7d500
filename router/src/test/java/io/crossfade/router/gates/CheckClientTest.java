package io.crossfade.router.gates;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.crossfade.router.gates.CheckSettings.Check;
import io.crossfade.router.gates.CheckSettings.Login;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What somebody's own server answers, and what that measures. */
class CheckClientTest {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Login NOBODY = new Login(null, null, null);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicReference<String> heard = new AtomicReference<>("");
  private HttpServer server;
  private CheckClient client;
  private Login login = NOBODY;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    client = new CheckClient(InstantSource.system());
  }

  @AfterEach
  void stop() {
    over.countDown();
    client.close();
    server.stop(0);
    threads.shutdownNow();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0.25                       |               | 0.25
          ' -3e2 '                   |               | -300
          {"a": {"b~c": [1, 7]}}     | /a/b~0c/1     | 7
          {"share": "0.5"}           | /share        | 0.5
          true                       |               | 1
          {"ok": false}              | /ok           | 0
          """)
  void numberIsFound(String body, @Nullable String json, double value) throws Exception {
    answer(200, body);
    assertThat(ask(json == null ? "" : json).value()).hasValue(value);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NaN                 |
          "NaN"               |
          "Infinity"          |
          1e999               |
          12 apples           |
          ''                  |
          <html>              |
          {"a": 1}            |
          {"a": 1}            | /b
          {"a": null}         | /a
          [1, 2]              |
          """)
  void whatIsNoNumberIsNone(String body, @Nullable String json) throws Exception {
    answer(200, body);
    assertNone(ask(json == null ? "" : json), "answered without a number");
  }

  @ParameterizedTest
  @CsvSource({"500", "404", "401", "302"})
  void onlyASuccessIsRead(int status) throws Exception {
    server.createContext(
        "/elsewhere",
        exchange -> {
          heard.set("redirected");
          send(exchange, 200, "1");
        });
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Location", "/elsewhere");
          send(exchange, status, "1");
        });
    assertNone(ask(""), "answered with status " + status);
    assertThat(heard.get()).isEmpty();
  }

  @Test
  void silenceEndsAtTheTimeoutBeforeTheHeadersAndWithinTheBody() throws Exception {
    server.createContext("/", exchange -> hang());
    long begin = System.nanoTime();
    assertNone(ask("", Duration.ofMillis(300)), "no answer within 300 ms");
    server.removeContext("/");
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream body = exchange.getResponseBody();
          body.write('1');
          body.flush();
          hang();
        });
    assertNone(ask("", Duration.ofMillis(300)), "no answer within 300 ms");
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void answerWithoutAnEndIsGivenUp() throws Exception {
    AtomicReference<Throwable> cut = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            byte[] much = " ".repeat(8_192).getBytes(StandardCharsets.UTF_8);
            while (over.getCount() > 0) {
              body.write(much);
            }
          } catch (IOException e) {
            cut.set(e);
          } finally {
            ended.countDown();
          }
        });
    assertNone(ask(""), "answered with more than 65536 bytes");
    ended.await();
    assertThat(cut.get()).as("the server was told").isNotNull();
  }

  @Test
  void answerThatJustFitsIsRead() throws Exception {
    answer(200, " ".repeat(BoundedBody.MOST - 1) + "7");
    assertThat(ask("").value()).hasValue(7);
    server.removeContext("/");
    answer(200, " ".repeat(BoundedBody.MOST) + "7");
    assertNone(ask(""), "answered with more than 65536 bytes");
  }

  @Test
  void nobodyThereIsNoAnswer() throws Exception {
    server.stop(0);
    assertNone(ask(""), "no answer: the connection failed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          scalar | [1, "0.5"]                            | 0.5
          vector | [{"metric": {}, "value": [1, "42"]}]  | 42
          """)
  void prometheusSaysANumber(String type, String result, double value) throws Exception {
    prometheus(type, result);
    assertThat(askPrometheus().value()).hasValue(value);
    assertThat(heard.get())
        .startsWith("/sub/api/v1/query?timeout=60000ms&query=sum%28a%7Bb%3D%22c%22%7D%29+%2B+1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          vector | []                                              | answered with no data
          vector | [{"value": [1, "NaN"]}]                         | answered without a number
          vector | [{"value": [1, "+Inf"]}]                        | answered without a number
          vector | [{"value": [1, "1"]}, {"value": [1, "1"]}]      | answered with 2 series, one is wanted
          matrix | [{"values": [[1, "1"]]}]                        | answered without a number
          string | [1, "1"]                                        | answered without a number
          """)
  void prometheusSaysNone(String type, String result, String trouble) throws Exception {
    prometheus(type, result);
    assertNone(askPrometheus(), trouble);
  }

  @Test
  void loginIsSentAndNeverShown() throws Exception {
    server.createContext(
        "/",
        exchange -> {
          heard.set(exchange.getRequestHeaders().getFirst("Authorization"));
          send(exchange, 200, "1");
        });
    login = new Login("ann", "pass:wörd", null);
    ask("");
    assertThat(heard.get()).isEqualTo("Basic YW5uOnBhc3M6d8O2cmQ=");
    login = new Login(null, null, "a-token");
    ask("");
    assertThat(heard.get()).isEqualTo("Bearer a-token");
    assertThat(login + " " + check(null, "", Duration.ofSeconds(1))).doesNotContain("a-token");
  }

  private void prometheus(String type, String result) {
    server.createContext(
        "/",
        exchange -> {
          heard.set(exchange.getRequestURI().toString());
          send(
              exchange,
              200,
              "{\"status\":\"success\",\"data\":{\"resultType\":\"%s\",\"result\":%s}}"
                  .formatted(type, result));
        });
  }

  private Measurement askPrometheus() throws InterruptedException {
    return client.ask(check("sum(a{b=\"c\"}) + 1", "", PATIENCE));
  }

  private Measurement ask(String json) throws InterruptedException {
    return ask(json, PATIENCE);
  }

  private Measurement ask(String json, Duration timeout) throws InterruptedException {
    return client.ask(check(null, json, timeout));
  }

  private Check check(@Nullable String query, String json, Duration timeout) {
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    return new Check(
        "load",
        null,
        query == null ? null : base.resolve("/sub/"),
        query,
        query == null ? base.resolve("/number") : null,
        json,
        null,
        1.0,
        Duration.ofSeconds(1),
        timeout,
        0,
        0,
        false,
        false,
        login);
  }

  private void answer(int status, String body) {
    server.createContext("/", exchange -> send(exchange, status, body));
  }

  private void hang() {
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static void assertNone(Measurement measured, String trouble) {
    assertThat(measured.value()).isEmpty();
    assertThat(measured.trouble()).hasToString(trouble);
  }
}
