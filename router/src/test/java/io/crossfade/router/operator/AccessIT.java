package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.Kind;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.intake.UploadServlet;
import jakarta.servlet.ServletContext;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.core.userdetails.UserDetailsService;
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
                "--crossfade.operator.trusted-proxies=127.0.0.8,127.0.9.0/24",
                "--crossfade.router.device-tokens=" + OLD + "," + NEW));
    http = Http.of(router);
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  /** Spring hashes it anew, dearer, wherever it can be kept. */
  @Test
  void passwordKeepsTheHashItWasGiven() {
    UserDetailsService users = router.getBean("operators", UserDetailsService.class);
    String given = users.loadUserByUsername("operator").getPassword();
    assertThat(given).startsWith("$2a$10$");
    assertThat(http.get("/api/rollout").status()).isEqualTo(200);
    assertThat(users.loadUserByUsername("operator").getPassword()).isEqualTo(given);
  }

  /** Found, not listed: a new route cannot be forgotten. */
  @Test
  void nobodyButAnOperatorChangesAnything() throws Exception {
    List<String> changing = new ArrayList<>();
    List<String> looking = new ArrayList<>();
    List<String> actions = new ArrayList<>();
    List<String> pages = new ArrayList<>();
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
                assertThat(verbs).as(path + " says what it answers to").isNotEmpty();
                boolean page = path.startsWith("/console");
                assertThat(page || path.equals("/api") || path.startsWith("/api/"))
                    .as(path)
                    .isTrue();
                verbs.forEach(
                    verb ->
                        (page
                                ? (verb == RequestMethod.GET ? pages : actions)
                                : (verb == RequestMethod.GET ? looking : changing))
                            .add(verb + " " + path.replaceAll("\\{\\w+}", "1")));
              }
            });
    assertThat(changing).hasSizeGreaterThan(8);
    assertThat(looking).hasSizeGreaterThan(8);
    for (String route : changing) {
      assertThat(status(http.as(null), route)).as(route).isEqualTo(401);
      assertThat(status(http.as("viewer"), route)).as(route).isEqualTo(403);
      assertThat(status(http.as("operator"), route)).as(route).isNotIn(401, 403, 405, 500);
    }
    for (String route : looking) {
      assertThat(status(http.as(null), route)).as(route).isEqualTo(401);
      assertThat(status(http.as("viewer"), route)).as(route).isNotIn(401, 403, 500);
    }
    assertThat(actions).hasSizeGreaterThan(8);
    assertThat(pages).hasSizeGreaterThan(8);
    try (ConsoleClient nobody = new ConsoleClient(uri(""));
        ConsoleClient viewer = new ConsoleClient(uri(""));
        ConsoleClient operator = new ConsoleClient(uri(""))) {
      viewer.logIn("viewer");
      operator.logIn("operator");
      for (String route : actions) {
        String path = route.split(" ", 2)[1];
        assertThat(nobody.post(path, false)).as(route).isEqualTo(403);
        assertThat(viewer.post(path, true)).as(route).isEqualTo(403);
        assertThat(operator.post(path, false)).as(route + " without the token").isEqualTo(403);
        assertThat(operator.post(path, true)).as(route + " without its fields").isLessThan(400);
      }
      pages.removeAll(List.of("GET /console/login", "GET /console/live"));
      pages.add("GET /console/live");
      for (String route : pages) {
        String path = route.split(" ", 2)[1];
        assertThat(nobody.get(path)).as(route).isEqualTo(302);
        if (path.matches("/console/[a-z-]+") && !path.endsWith("/live")) {
          assertThat(nobody.headers(path).firstValue("Location"))
              .as("the login leads back")
              .hasValueSatisfying(
                  to -> assertThat(to).endsWith("/console/login?to=" + path.split("/")[2]));
        }
        if (!path.endsWith("/live")) {
          assertThat(viewer.get(path)).as(route).isNotIn(302, 401, 403, 500);
        }
      }
    }
  }

  @Test
  void pageOfFailuresIsNoPage() {
    for (String path : List.of("/error", "/%65rror", "/error;a=b")) {
      for (String verb : List.of("GET", "POST", "HEAD")) {
        HttpRequest.Builder request =
            http.as(null).request(path).method(verb, HttpRequest.BodyPublishers.noBody());
        assertThat(http.send(request).status()).as(verb + " " + path).isIn(400, 404);
      }
    }
    assertThat(http.get("/no-such-page").status()).as("still shown there").isEqualTo(404);
  }

  /** What other libraries serve is behind the login, too; only devices' endpoints are not. */
  @Test
  void noServletIsForgotten() throws Exception {
    Set<String> open = new HashSet<>(Set.of("/"));
    for (Kind kind : Kind.values()) {
      open.add(UploadServlet.path(kind, false));
      open.add(UploadServlet.path(kind, true));
    }
    List<String> others = new ArrayList<>();
    router
        .getBean(ServletContext.class)
        .getServletRegistrations()
        .values()
        .forEach(servlet -> others.addAll(servlet.getMappings()));
    others.removeAll(open);
    assertThat(others).contains("/togglz-console/*");
    try (ConsoleClient nobody = new ConsoleClient(uri(""));
        ConsoleClient viewer = new ConsoleClient(uri(""));
        ConsoleClient operator = new ConsoleClient(uri(""))) {
      viewer.logIn("viewer");
      operator.logIn("operator");
      for (String mapping : others) {
        String path = mapping.replace("*", "index");
        assertThat(nobody.get(path)).as(mapping).isEqualTo(302);
        assertThat(viewer.get(path)).as(mapping).isEqualTo(403);
        assertThat(operator.get(path)).as(mapping).isEqualTo(200);
      }
    }
  }

  @Test
  void sessionIsNewAfterTheLoginAndPagesAreStrict() throws Exception {
    try (ConsoleClient client = new ConsoleClient(uri(""))) {
      client.get("/console/login");
      assertThat(client.session()).isEmpty();
      client.logIn("operator");
      assertThat(client.session()).isNotEmpty();
      HttpHeaders headers = client.headers("/console");
      assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
          .contains("default-src 'none'", "frame-ancestors 'self'")
          .doesNotContain("unsafe");
      assertThat(headers.firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(headers.firstValue("Cache-Control").orElse("")).contains("no-store");
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
    await().atMost(Duration.ofMinutes(3)).until(() -> guess(address, "rehearsal") == 200);
    for (String login : List.of("/console/login", "/console/%6cogin")) {
      String from = "127.0.1." + login.length();
      try (ConsoleClient client = new ConsoleClient(uri(""), from)) {
        for (int guess = 0; guess < 5; guess++) {
          assertThat(client.logIn(login, "operator", "wrong" + guess)).as(login).isEqualTo(302);
          assertThat(client.get("/console")).isEqualTo(302);
        }
        assertThat(client.logIn(login, "operator", "rehearsal")).as(login).isEqualTo(429);
        assertThat(client.logIn(login, "viewer", "rehearsal")).as("another name").isEqualTo(302);
        assertThat(client.get("/console")).isEqualTo(200);
      }
    }
  }

  /** Whatever a stranger writes into the header, his address is what is counted. */
  @Test
  void forgedAddressIsNotBelieved() throws Exception {
    for (int guess = 0; guess < 5; guess++) {
      assertThat(guess("127.0.0.7", "forged" + guess, "X-Forwarded-For", "192.0.2." + guess))
          .isEqualTo(401);
    }
    assertThat(guess("127.0.0.7", "rehearsal", "X-Forwarded-For", "192.0.2.99")).isEqualTo(429);
    for (int guess = 0; guess < 5; guess++) {
      assertThat(
              guess(
                  "127.0.0.8",
                  "behind" + guess,
                  "X-Forwarded-For",
                  "192.0.2.%d, 198.51.100.1, 127.0.9.%d".formatted(guess, guess)))
          .isEqualTo(401);
    }
    assertThat(guess("127.0.0.8", "rehearsal", "X-Forwarded-For", "198.51.100.1"))
        .as("the one whom the trusted proxies saw, whatever he wrote before")
        .isEqualTo(429);
    assertThat(guess("127.0.0.8", "rehearsal", "X-Forwarded-For", "192.0.2.1"))
        .as("somebody else behind the same proxy")
        .isEqualTo(200);
  }

  /** Each asks for something that only a login shows, and none leaves anything behind. */
  @Test
  void nobodyHasASessionBeforeTheLogin() throws Exception {
    try (ConsoleClient nobody = new ConsoleClient(uri(""))) {
      for (String path :
          List.of(
              "/console",
              "/console/login",
              "/console/differences?kind=health",
              "/console/nothing",
              "/togglz-console/index")) {
        nobody.get(path);
        assertThat(nobody.session()).as(path).isEmpty();
      }
      nobody.logIn("operator", "certainly wrong");
      nobody.post("/console/logout", false);
      assertThat(nobody.session()).isEmpty();
    }
  }

  @Test
  void loginLeadsToThePageThatWasAskedForAndNowhereElse() throws Exception {
    try (ConsoleClient client = new ConsoleClient(uri(""))) {
      assertThat(client.headers("/console/differences?table=x").firstValue("Location"))
          .hasValueSatisfying(to -> assertThat(to).endsWith("/console/login?to=differences"));
      assertThat(client.landing("differences")).endsWith("/console/differences");
    }
    for (String elsewhere :
        List.of("//evil.example", "https://evil.example", "..%2fapi", "logout")) {
      try (ConsoleClient client = new ConsoleClient(uri(""))) {
        assertThat(client.landing(elsewhere)).as(elsewhere).endsWith("/console");
      }
    }
  }

  /** The browser sends the login along, so that the page that asks is what must be ours. */
  @Test
  void pagesOfOthersAskInVain() throws Exception {
    String here = uri("").toString();
    for (String[] headers :
        new String[][] {
          {"Origin", "https://evil.example"},
          {"Origin", "null"},
          {"Origin", here + "0"},
          {"Origin", "http://127.0.0.1"},
          {"Origin", "not an origin"},
          {"Sec-Fetch-Site", "cross-site"},
          {"Sec-Fetch-Site", "same-site"},
          {"Sec-Fetch-Site", "cross-site", "Origin", here}
        }) {
      assertThat(guess("127.0.0.1", "rehearsal", headers))
          .as(List.of(headers).toString())
          .isEqualTo(403);
    }
    for (String[] headers :
        new String[][] {
          {},
          {"Origin", here},
          {"Sec-Fetch-Site", "none"},
          {"Sec-Fetch-Site", "same-origin", "Origin", "https://a.proxy.example"}
        }) {
      assertThat(guess("127.0.0.1", "rehearsal", headers))
          .as(List.of(headers).toString())
          .isEqualTo(200);
    }
    try (ConsoleClient operator = new ConsoleClient(uri(""))) {
      operator.logIn("operator");
      assertThat(operator.get("/console", "Sec-Fetch-Site", "cross-site"))
          .as("a link in a chat")
          .isEqualTo(200);
      assertThat(operator.post("/console/rollout/holds", true, "Origin", "https://evil.example"))
          .isEqualTo(403);
      assertThat(operator.post("/togglz-console/edit", true, "Sec-Fetch-Site", "cross-site"))
          .isEqualTo(403);
    }
  }

  @Test
  void onePersonDoesNotTakeAllLiveConnections() throws Exception {
    try (ConsoleClient viewer = new ConsoleClient(uri(""));
        ConsoleClient operator = new ConsoleClient(uri(""))) {
      viewer.logIn("viewer");
      operator.logIn("operator");
      for (int window = 0; window < 5; window++) {
        assertThat(viewer.watch()).isEqualTo(200);
      }
      assertThat(viewer.watch()).isEqualTo(429);
      assertThat(operator.watch()).isEqualTo(200);
    }
  }

  private static int guess(String from, String password, String... headers) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder().localAddress(InetAddress.getByName(from)).build()) {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(uri("/api/rollout"))
              .header(
                  "Authorization",
                  "Basic "
                      + Base64.getEncoder()
                          .encodeToString(
                              ("operator:" + password).getBytes(StandardCharsets.UTF_8)));
      if (headers.length > 0) {
        request.headers(headers);
      }
      return client.send(request.build(), BodyHandlers.discarding()).statusCode();
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
