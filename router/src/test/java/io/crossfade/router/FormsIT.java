package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.TestDatabase;
import io.crossfade.router.operator.ConsoleClient;
import io.crossfade.stream.TestRedis;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Bodies of the console and the API, sent to the packaged router in its documented heap. */
class FormsIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int HEADS = 400;
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded";
  private static final String PARTS = "Content-Type: multipart/form-data; boundary=b";

  private static RouterProcess router;
  private static Http http;

  @BeforeAll
  static void start() {
    router =
        RouterProcess.packaged(
            List.of("-Xms512m", "-Xmx512m", "-XX:+ExitOnOutOfMemoryError"),
            RouterProcess.arguments(
                TestDatabase.newSchemas(), TestRedis.sharedPort(), TestRedis.newPrefix()));
    http = router.http();
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  /** Each announces more than is read there, and none has logged in. */
  @Test
  void announcedFormsAreTurnedAway() throws Exception {
    assertThat(beside("Content-Length: 2000000", FORM)).containsOnlyKeys(413);
    assertThat(beside("Content-Length: 1000000", PARTS)).containsOnlyKeys(413);
    assertThat(beside("Transfer-Encoding: chunked", FORM)).containsOnlyKeys(411);
  }

  /** So many that what waits for them all would be more than there is room for. */
  @Test
  void formsThatDoNotComeHoldLittle() throws Exception {
    List<RawClient> clients = new ArrayList<>();
    try {
      for (int i = 0; i < HEADS; i++) {
        clients.add(new RawClient(router.port()));
        clients.getLast().send(RawClient.head("/console/login", FORM, "Content-Length: 8000"));
      }
      uploads();
      assertThat(hold("")).as("somebody who has logged in").isIn(200, 204);
      assertThat(clients.getLast().status()).isEqualTo(503);
      assertThat(clients.getLast().rest()).contains("Retry-After", "no-room");
    } finally {
      clients.forEach(RawClient::close);
    }
    await("nothing is held").atMost(PATIENCE).until(() -> router.sum("crossfade_budget_used") == 0);
    try (ConsoleClient client = client()) {
      assertThat(client.logIn("operator")).isEqualTo(302);
    }
  }

  @Test
  void operatorsSendMoreThanThoseWhoHaveNotLoggedIn() throws Exception {
    assertThat(hold(" ".repeat(1_500_000))).isIn(200, 204);
    String[] head = {"Content-Type: application/json", "Content-Length: 2100000"};
    try (RawClient nobody = new RawClient(router.port());
        RawClient operator = new RawClient(router.port())) {
      assertThat(nobody.send(RawClient.head("/api/rollout/changes", head)).status()).isEqualTo(401);
      String login = Base64.getEncoder().encodeToString("operator:rehearsal".getBytes());
      operator.send(
          RawClient.head(
              "/api/rollout/changes", head[0], head[1], "Authorization: Basic " + login));
      assertThat(operator.status()).isEqualTo(413);
      assertThat(operator.rest()).contains("urn:crossfade:problem:body-too-large");
    }
    try (ConsoleClient client = client()) {
      client.logIn("operator");
      String form = "kind=health&reason=x&more=" + "y".repeat(200_000);
      assertThat(client.submit("/console/rollout/holds", form)).isLessThan(400);
    }
  }

  /** A change of an operator, with blanks before it. */
  private static int hold(String blanks) {
    return http.call("PUT", "/api/rollout/holds", blanks + "{\"kind\":\"health\",\"reason\":\"x\"}")
        .status();
  }

  private static ConsoleClient client() throws Exception {
    return new ConsoleClient(URI.create("http://127.0.0.1:" + router.port()));
  }

  /** Their answers by status, while devices go on. */
  private static Map<Integer, Integer> beside(String... head) throws Exception {
    List<RawClient> clients = new ArrayList<>();
    Map<Integer, Integer> statuses = new TreeMap<>();
    try {
      for (int i = 0; i < HEADS; i++) {
        clients.add(new RawClient(router.port()));
        clients.getLast().send(RawClient.head("/console/login", head));
      }
      uploads();
      for (RawClient client : clients) {
        statuses.merge(client.status(), 1, Integer::sum);
      }
    } finally {
      clients.forEach(RawClient::close);
    }
    uploads();
    return statuses;
  }

  private static void uploads() {
    for (int i = 0; i < 20; i++) {
      assertThat(http.post("/upload_health_data", Http.health("FORMS", i)).status()).isEqualTo(200);
    }
    assertThat(router.isAlive()).isTrue();
  }
}
