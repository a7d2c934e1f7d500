package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Who may look, who may change, and who may upload. */
class AccessIT {

  private static final String OLD = "the-token-of-last-year";
  private static final String NEW = "the-token-of-this-year";
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static ConfigurableApplicationContext router;
  private static Http http;

  @BeforeAll
  static void start() {
    router =
        TestRouterApplication.start(
            List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--crossfade.operator.login-failures=5",
                "--crossfade.operator.login-wait=10s",
                "--crossfade.router.device-tokens=" + OLD + "," + NEW));
    http = Http.of(router);
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  /** Found, not listed: a new route cannot be forgotten. */
  @Test
  void nobodyButAnOperatorChangesAnything() {
    List<String> changing = new ArrayList<>();
    List<String> looking = new ArrayList<>();
    router
        .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .forEach(
            (mapping, method) -> {
              Set<RequestMethod> verbs = mapping.getMethodsCondition().getMethods();
              for (String path : mapping.getPatternValues()) {
                if (path.startsWith("/error")) {
                  continue;
                }
                assertThat(path).as("stands behind the login").startsWith("/api/");
                assertThat(verbs).as(path + " says what it answers to").isNotEmpty();
                verbs.forEach(
                    verb ->
                        (verb == RequestMethod.GET ? looking : changing)
                            .add(verb + " " + path.replaceAll("\\{\\w+}", "1")));
              }
            });
    assertThat(changing).hasSizeGreaterThan(8);
    assertThat(looking).hasSizeGreaterThan(8);
    for (String route : changing) {
      assertThat(status(http.as(null), route)).as(route).isEqualTo(401);
      assertThat(status(http.as("viewer"), route)).as(route).isEqualTo(403);
      assertThat(status(http.as("operator"), route)).as(route).isNotIn(401, 403, 405);
    }
    for (String route : looking) {
      assertThat(status(http.as(null), route)).as(route).isEqualTo(401);
      assertThat(status(http.as("viewer"), route)).as(route).isNotIn(401, 403);
    }
  }

  @Test
  void devicesSendOneOfTheTokens() throws Exception {
    assertThat(upload(null, null)).isEqualTo(401);
    assertThat(upload("X-Device-Token", "")).isEqualTo(401);
    assertThat(upload("X-Device-Token", OLD.substring(1))).isEqualTo(401);
    assertThat(upload("X-Device-Token", OLD)).isEqualTo(200);
    assertThat(upload("X-Device-Token", NEW)).isEqualTo(200);
    assertThat(upload("Authorization", "Bearer " + NEW)).isEqualTo(200);
    assertThat(upload("Authorization", "Bearer " + NEW + "x")).isEqualTo(401);
  }

  @Test
  void whoeverGuessesHasToWait() throws Exception {
    String address = "127.0.0.2";
    for (int guess = 0; guess < 5; guess++) {
      assertThat(guess(address, "wrong" + guess)).isEqualTo(401);
    }
    assertThat(guess(address, "rehearsal")).as("also with the right one").isEqualTo(429);
    assertThat(http.get("/api/rollout").status()).as("others need not").isEqualTo(200);
    await().atMost(Duration.ofSeconds(60)).until(() -> guess(address, "rehearsal") == 200);
  }

  private static int guess(String from, String password) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().localAddress(InetAddress.getByName(from)).build()) {
      return client
          .send(
              HttpRequest.newBuilder(uri("/api/rollout"))
                  .header(
                      "Authorization",
                      "Basic "
                          + Base64.getEncoder()
                              .encodeToString(
                                  ("operator:" + password).getBytes(StandardCharsets.UTF_8)))
                  .build(),
              BodyHandlers.discarding())
          .statusCode();
    }
  }

  private static int upload(@Nullable String header, @Nullable String value) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri("/upload_health_data"))
            .POST(HttpRequest.BodyPublishers.ofString(Http.health("TOKEN", 1)));
    if (header != null && value != null) {
      request.header(header, value);
    }
    return CLIENT.send(request.build(), BodyHandlers.discarding()).statusCode();
  }

  private static int status(Http as, String route) {
    String[] parts = route.split(" ");
    return "GET".equals(parts[0])
        ? as.get(parts[1]).status()
        : as.call(parts[0], parts[1], "{}").status();
  }

  private static URI uri(String path) {
    return URI.create(
        "http://127.0.0.1:" + router.getEnvironment().getProperty("local.server.port") + path);
  }
}
