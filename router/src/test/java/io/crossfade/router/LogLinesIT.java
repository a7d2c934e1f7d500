package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.CutLink;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.Visible;
import io.crossfade.stream.TestRedis;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A router as it is started logs what clients send as text: none of it makes a line of its own. */
class LogLinesIT {

  private static final String HOSTILE = "\u001b[2J\r\nFORGED \u009b\u2028";
  private static final String IN_JSON = "\\u001b[2J\\r\\nFORGED \\u009b\\u2028";

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @Test
  void nothingThatAClientSendsMakesALine(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("router.log");
    Path audit = directory.resolve("audit.log");
    try (RouterProcess router =
        new RouterProcess(
            RouterApplication.class,
            RouterProcess.arguments(
                TestDatabase.newSchemas(),
                TestRedis.sharedPort(),
                TestRedis.newPrefix(),
                "--logging.file.name=" + file,
                "--crossfade.audit.file=" + audit,
                // Names nobody has are spoken of only there, and so are requests.
                "--logging.level.io.crossfade=debug",
                "--logging.level.org.springframework.web=debug",
                "--logging.level.org.springframework.security=debug",
                "--logging.level.org.apache.coyote=debug"))) {
      Http http = router.http();
      String device = "D".repeat(250) + IN_JSON + "D".repeat(50);
      http.post(
          "/upload_health_data",
          "{\"data\":{\"deviceSn\":\"%s\",\"heart_rate\":1}}".formatted(device));
      http.post(
          "/upload_common_event",
          "{\"deviceSn\":\"D\",\"eventType\":\"%1$s\",\"eventValue\":\"%1$s\"}".formatted(IN_JSON));
      http.call("POST", "/api/rollout/changes", "{\"kind\":\"" + IN_JSON + "\"}");
      http.call("POST", "/api/rollout/changes", "{\"kind\" FORGED \u001b[2J");
      http.call(
          "PUT", "/api/rollout/holds", "{\"kind\":\"health\",\"reason\":\"" + IN_JSON + "\"}");
      String encoded = URLEncoder.encode(HOSTILE, StandardCharsets.UTF_8);
      http.get("/api/dead-letters?kind=" + encoded);
      http.get("/api/reconciler/devices/" + encoded);
      http.get("/console/login?to=" + encoded);
      String name =
          Base64.getEncoder()
              .encodeToString((HOSTILE + ":password").getBytes(StandardCharsets.UTF_8));
      http.send(
          http.as(null)
              .request("/api/rollout")
              .header("Authorization", "Basic " + name)
              .header("X-Forwarded-For", "\u009bFORGED")
              .GET());
      http.send(
          http.as(null)
              .request("/console/login")
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString("username=" + encoded + "&password=x")));
      raw(router, "GET /\u001b[2JFORGED HTTP/1.1\r\nHost: x\u001b[2J\r\n\r\n");
      raw(router, "POST /upload_health_data HTTP/1.1\r\nHost: x\r\nX-\u001b[2J: \u001b\r\n\r\n");
      await()
          .atMost(Duration.ofMinutes(3))
          .untilAsserted(
              () -> {
                // Spring writes line ends as <EOL> before we see them, and no other separator.
                assertThat(router.log()).contains("FORGED ?\\u2028 is not one of");
                assertThat(Files.readString(file)).contains("FORGED ?\\u2028 is not one of");
              });
      http.get("/api/rollout");
      assertThat(audit).content().contains("action=HOLD actor=operator kind=HEALTH");
      assertThat(file).content().contains("action=HOLD actor=operator kind=HEALTH");
      assertThat(router.log().lines().count()).isGreaterThan(100);
      for (String log :
          new String[] {router.log(), Files.readString(file), Files.readString(audit)}) {
        assertThat(log.lines())
            .allSatisfy(
                line -> {
                  assertThat(line.stripLeading()).doesNotStartWith("FORGED");
                  assertThat(line.replace("\t", "").chars())
                      .as(Visible.of(line))
                      .noneMatch(character -> Visible.isControl((char) (int) character));
                });
      }
    }
  }

  @Test
  void aStartAndAnOutageAreAFewLines() throws Exception {
    try (CutLink database = new CutLink(TestDatabase.port());
        TestRedis redis = new TestRedis();
        RouterProcess router =
            new RouterProcess(
                RouterApplication.class,
                RouterProcess.arguments(
                    TestDatabase.newSchemasBehind(database),
                    redis.port(),
                    TestRedis.newPrefix()))) {
      Http http = router.http();
      await().atMost(PATIENCE).until(() -> router.log().contains("Stages: "));
      assertThat(lines(router, "INFO|WARN|ERROR").filter(line -> !line.contains("crossfade.audit")))
          .as("a start; the first one also says who set the flags")
          .hasSizeLessThanOrEqualTo(12)
          .anyMatch(
              line ->
                  line.endsWith(
                      "Console at http://localhost:%1$d/console, API at http://localhost:%1$d/api"
                          .formatted(router.port())))
          .anyMatch(line -> line.contains("Stages: health shadow"));
      database.cut();
      redis.kill();
      for (int second = 0; second < 40; second++) {
        http.post("/upload_health_data", Http.health("LOG", second));
        http.post("/upload_health_data_v2", Http.health("LOG2", second));
      }
      await().atMost(PATIENCE).until(() -> router.sum("crossfade_legacy_retries_total") >= 8);
      redis.start();
      database.mend();
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  lines(router, "INFO")
                      .anyMatch(
                          line -> line.contains("Cannot write health records: over, after ")));
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  lines(router, "INFO")
                      .anyMatch(line -> line.contains("Redis is away: over, after ")));
      assertThat(lines(router, "WARN").filter(line -> line.contains("Cannot write health records")))
          .as(router.log())
          .hasSize(1);
      assertThat(lines(router, "WARN").filter(line -> line.contains("Redis is away"))).hasSize(1);
    }
  }

  private static Stream<String> lines(RouterProcess router, String levels) {
    return router.log().lines().filter(line -> line.matches(".{20,40} (?:" + levels + ") .*"));
  }

  /** What a client of the JDK refuses to send. */
  private static void raw(RouterProcess router, String request) throws Exception {
    try (Socket socket = new Socket("127.0.0.1", router.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(StandardCharsets.ISO_8859_1));
      out.flush();
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    }
  }
}
