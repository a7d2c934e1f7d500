package io.crossfade.router.gates;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.router.gates.CheckSettings.Check;
import io.crossfade.router.gates.CheckSettings.Login;
import io.crossfade.router.gates.Finding.Phrase;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Asks whoever measures. Whatever comes back, or does not, within a check's timeout and {@link
 * BoundedBody#MOST} bytes, is a measurement.
 */
final class CheckClient implements AutoCloseable {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final Pattern NUMBER =
      Pattern.compile("[-+]?\\d{1,400}(\\.\\d{1,400})?([eE][-+]?\\d{1,4})?");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final InstantSource clock;

  CheckClient(InstantSource clock) {
    this.clock = clock;
  }

  Measurement ask(Check check) throws InterruptedException {
    Instant at = clock.instant();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request(check), info -> new BoundedBody());
    try {
      HttpResponse<byte[]> came = answer.get(check.timeout().toNanos(), TimeUnit.NANOSECONDS);
      // Redirects are not followed: a login would go to wherever they lead.
      return came.statusCode() / 100 == 2
          ? read(check, at, came.body())
          : none(at, Phrase.CHECK_STATUS, came.statusCode());
    } catch (TimeoutException e) {
      return none(at, Phrase.CHECK_TIMEOUT, check.timeout().toMillis());
    } catch (ExecutionException e) {
      return e.getCause() instanceof BoundedBody.TooLargeException
          ? none(at, Phrase.CHECK_TOO_LARGE, BoundedBody.MOST)
          : none(at, Phrase.CHECK_UNREACHABLE);
    } finally {
      answer.cancel(true);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  private static HttpRequest request(Check check) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address(check)).header("Accept", "application/json");
    Login login = check.login();
    if (login.bearerToken() != null) {
      request.header("Authorization", "Bearer " + login.bearerToken());
    } else if (login.username() != null) {
      byte[] both = (login.username() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(both));
    }
    return request.build();
  }

  private static URI address(Check check) {
    URI prometheus = check.prometheus();
    if (prometheus == null) {
      return Objects.requireNonNull(check.url());
    }
    String query = Objects.requireNonNull(check.query());
    return URI.create(
        "%s/api/v1/query?timeout=%dms&query=%s"
            .formatted(
                prometheus.toString().replaceAll("/+$", ""),
                check.timeout().toMillis(),
                URLEncoder.encode(query, StandardCharsets.UTF_8)));
  }

  private static Measurement read(Check check, Instant at, byte[] body) {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JacksonException e) {
      return none(at, Phrase.CHECK_NO_NUMBER);
    } catch (IOException e) {
      throw new IllegalStateException("Bytes in memory cannot be read", e);
    }
    return check.prometheus() == null
        ? number(at, answer.at(check.json()))
        : sample(at, answer.path("data"));
  }

  /** A scalar, or a vector of one sample: of two it is not known which is meant. */
  private static Measurement sample(Instant at, JsonNode data) {
    JsonNode result = data.path("result");
    return switch (data.path("resultType").asText()) {
      case "scalar" -> number(at, result.path(1));
      case "vector" ->
          switch (result.size()) {
            case 0 -> none(at, Phrase.CHECK_NO_DATA);
            case 1 -> number(at, result.path(0).path("value").path(1));
            default -> none(at, Phrase.CHECK_SERIES, result.size());
          };
      default -> none(at, Phrase.CHECK_NO_NUMBER);
    };
  }

  /** NaN and infinity are no numbers: of a share of nothing nobody knows whether it is small. */
  private static Measurement number(Instant at, JsonNode node) {
    double value =
        node.isBoolean()
            ? node.asBoolean() ? 1 : 0
            : node.isNumber() || NUMBER.matcher(node.asText()).matches()
                ? Double.parseDouble(node.asText())
                : Double.NaN;
    return Double.isFinite(value) ? Measurement.of(at, value) : none(at, Phrase.CHECK_NO_NUMBER);
  }

  private static Measurement none(Instant at, Phrase phrase, Object... values) {
    return Measurement.none(at, Finding.of(phrase, values));
  }
}
