package io.crossfade.reconciler.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.crossfade.db.Visible;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The operator API of a router. What it refuses is an {@link ApiException}. */
final class Api implements AutoCloseable {

  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TO_CONNECT = Duration.ofSeconds(5);
  private static final String PROBLEM = "urn:crossfade:problem:";
  private static final int OK = 200;
  private static final int REDIRECTS = 300;
  private static final int SERVER = 500;

  private final URI base;
  private final String user;
  private final String login;
  private final Duration patience;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TO_CONNECT).build();

  /**
   * @param base address of a router, without a path
   * @param patience how long an answer may take, to its last byte
   */
  Api(URI base, String user, String password, Duration patience) {
    this.base = base;
    this.user = user;
    this.patience = patience;
    byte[] both = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    this.login = "Basic " + Base64.getEncoder().encodeToString(both);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  /** Asks for something. */
  JsonNode get(String path) {
    return get(path, Map.of());
  }

  /**
   * Asks for something.
   *
   * @param parameters their values may be anything
   */
  JsonNode get(String path, Map<String, ?> parameters) {
    return json(text(path, parameters));
  }

  /** Asks for something that is no JSON. */
  String text(String path, Map<String, ?> parameters) {
    return send(request(path, parameters).GET());
  }

  /**
   * Does something.
   *
   * @param body {@code null} for none
   */
  JsonNode post(String path, @Nullable JsonNode body) {
    HttpRequest.Builder request = request(path, Map.of());
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    return json(
        send(
            request.POST(
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString("" + body))));
  }

  /**
   * Where it is kept who did that.
   *
   * @param action as the audit log has it
   * @param object what it was done to
   * @return an address; empty when it cannot be told
   */
  String audit(String action, String object) {
    try {
      for (JsonNode act : get("/api/audit", Map.of("actor", user, "action", action, "limit", 20))) {
        if (act.path("object").asText().equals(object)) {
          return base + "/console/audit/" + act.path("id").asLong();
        }
      }
    } catch (ApiException e) {
      // What was asked for is done all the same.
      return "";
    }
    return "";
  }

  /** A part of a path, whatever it says. */
  static String part(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path, Map<String, ?> parameters) {
    String query =
        parameters.entrySet().stream()
            .map(one -> part(one.getKey()) + "=" + part(String.valueOf(one.getValue())))
            .collect(Collectors.joining("&"));
    return HttpRequest.newBuilder(URI.create(base + path + (query.isEmpty() ? "" : "?" + query)))
        .header("Authorization", login)
        .timeout(patience);
  }

  private String send(HttpRequest.Builder request) {
    CompletableFuture<HttpResponse<String>> asked =
        client.sendAsync(request.build(), BodyHandlers.ofString());
    try {
      // The client's own limit ends with the head of an answer.
      HttpResponse<String> answer = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (answer.statusCode() < OK || answer.statusCode() >= REDIRECTS) {
        throw refused(answer);
      }
      return answer.body();
    } catch (TimeoutException e) {
      asked.cancel(true);
      throw away("did not answer within %d s".formatted(patience.toSeconds()));
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      String why = cause instanceof ConnectException ? "" : String.valueOf(cause);
      throw away("does not answer" + (why.isEmpty() ? "" : ": " + Visible.of(why)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw away("was not waited for");
    }
  }

  private ApiException away(String what) {
    return new ApiException(
        ExitCode.ERROR, base + " " + what, "hint: name a router with --api or CROSSFADE_API");
  }

  private ApiException refused(HttpResponse<String> answer) {
    int status = answer.statusCode();
    JsonNode problem;
    try {
      problem = JSON.readTree(answer.body());
    } catch (JsonProcessingException e) {
      problem = MissingNode.getInstance();
    }
    String type = problem.path("type").asText("");
    String label =
        type.startsWith(PROBLEM)
            ? type.substring(PROBLEM.length())
            : switch (status) {
              case 401 -> "unauthorized";
              case 403 -> "forbidden";
              default -> "";
            };
    String detail = problem.path("detail").asText("");
    String said =
        detail.isEmpty()
            ? "%s answered %d%s".formatted(base, status, label.isEmpty() ? "" : " " + label)
            : "%s (%s)".formatted(detail, label.isEmpty() ? status : label);
    return new ApiException(
        status >= SERVER ? ExitCode.ERROR : ExitCode.REFUSED, Visible.of(said), ApiHints.of(label));
  }

  private JsonNode json(String text) {
    try {
      return text.isBlank() ? MissingNode.getInstance() : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ApiException(
          ExitCode.ERROR, base + " answers with something else than JSON", "hint: is it a router?");
    }
  }
}
