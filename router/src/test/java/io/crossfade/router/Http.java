package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/** A router as devices and operators see it. */
public final class Http {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Far beyond what any answer takes, also on a machine that does ten other things. */
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  public record Answer(int status, JsonNode json, HttpResponse<String> raw) {}

  private final int port;
  private final @Nullable String user;

  public Http(int port) {
    this(port, "operator");
  }

  private Http(int port, @Nullable String user) {
    this.port = port;
    this.user = user;
  }

  /** The same as somebody else, or as nobody. */
  public Http as(@Nullable String other) {
    return new Http(port, other);
  }

  public static Http of(ConfigurableApplicationContext router) {
    return new Http(Integer.parseInt(router.getEnvironment().getProperty("local.server.port")));
  }

  /** Its metrics and its health. */
  public static Http ofManagement(ConfigurableApplicationContext router) {
    return new Http(Integer.parseInt(router.getEnvironment().getProperty("local.management.port")));
  }

  public Answer post(String path, String body) {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** A call of the operator API. */
  public Answer call(String method, String path, String json) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(json)));
  }

  public Answer get(String path) {
    return send(request(path).GET());
  }

  public HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(PATIENCE);
    if (user != null && path.startsWith("/api")) {
      String login = user + ":" + TestRouterApplication.PASSWORD;
      request.header(
          "Authorization",
          "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
    }
    return request;
  }

  public Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), json(response.body()), response);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits until the overview says that something needs a person. */
  public void awaitAlert(String condition, String message) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get("/api/overview").json().path("alerts"))
                    .anySatisfy(
                        alert -> {
                          assertThat(alert.path("condition").asText()).isEqualTo(condition);
                          assertThat(alert.path("message").asText()).contains(message);
                        }));
  }

  /** Waits until it says so no longer. */
  public void awaitNoAlert(String... conditions) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              Answer answer = get("/api/overview");
              assertThat(answer.status()).isEqualTo(200);
              assertThat(answer.json().path("alerts").findValuesAsText("condition"))
                  .doesNotContain(conditions);
            });
  }

  /** Waits until health says that all is well; of the management port. */
  public void awaitUp() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get("/actuator/health").json().path("status").asText()).isEqualTo("UP"));
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      return JSON.missingNode();
    }
  }

  /** One measurement with a time of its own. */
  public static String health(String device, int second) {
    return "{\"data\":{\"deviceSn\":\"%s\",\"heart_rate\":72,\"timestamp\":%d}}"
        .formatted(device, 1_757_808_900L + second);
  }
}
