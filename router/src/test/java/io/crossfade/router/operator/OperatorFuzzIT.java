package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.crossfade.router.BodyMutator;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Mutated bodies and parameters over the operator API: an answer, or a problem with a stable type;
 * never a 500, never a request that hangs. {@code -Dcrossfade.fuzz.calls}, {@code
 * -Dcrossfade.fuzz.seed}.
 */
class OperatorFuzzIT {

  private static final int CALLS = Integer.getInteger("crossfade.fuzz.calls", 1_500);
  private static final long SEED = Long.getLong("crossfade.fuzz.seed", 25);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Far beyond any answer, also of a busy machine. */
  private static final Duration HANGS = Duration.ofMinutes(2);

  private record Call(String method, String path, String body) {}

  private static final List<Call> CALLS_WITH_BODY =
      List.of(
          new Call(
              "POST",
              "/api/rollout/changes",
              "{\"kind\":\"health\",\"stage\":\"canary\",\"percentage\":10,\"allowDevices\":[\"A\"],"
                  + "\"denyDevices\":[\"B\"],\"allowCustomers\":[1],\"denyCustomers\":[2],"
                  + "\"reason\":\"fuzz\",\"ticket\":\"T-1\",\"version\":1,\"force\":true,"
                  + "\"dryRun\":true}"),
          new Call(
              "POST",
              "/api/rollout/opt-in",
              "{\"kind\":\"event\",\"on\":false,\"reason\":\"fuzz\",\"ticket\":\"T-2\",\"version\":1}"),
          new Call("POST", "/api/rollout/rollbacks", "{\"kind\":\"event\",\"reason\":\"fuzz\"}"),
          new Call("PUT", "/api/rollout/holds", "{\"kind\":\"event\",\"reason\":\"fuzz\"}"),
          new Call(
              "POST",
              "/api/reconciler/runs",
              "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:01:00Z\","
                  + "\"kind\":\"event\"}"),
          new Call(
              "POST",
              "/api/reconciler/rules",
              "{\"kind\":\"HEALTH\",\"difference\":\"FIELDS_DIFFER\",\"column\":\"stress\","
                  + "\"device\":\"D\",\"reason\":\"fuzz\",\"until\":\"2099-01-01T00:00:00Z\"}"),
          new Call(
              "POST",
              "/api/reconciler/runs/1/repairs",
              "{\"filter\":{\"kind\":\"health\",\"class\":\"FIELDS_DIFFER\",\"column\":\"stress\","
                  + "\"from\":\"2026-01-01T00:00:00Z\"},\"prefer\":\"legacy\",\"reason\":\"fuzz\","
                  + "\"dryRun\":true}"),
          new Call(
              "POST",
              "/api/reconciler/runs/1/repairs",
              "{\"rows\":[{\"table\":\"t_common_event\",\"id\":\"00\"}],\"all\":false,"
                  + "\"reason\":\"fuzz\",\"preview\":\"0\"}"),
          new Call("PUT", "/api/reconciler/pause", "{\"reason\":\"fuzz\"}"),
          new Call(
              "POST",
              "/api/dead-letters/discard",
              "{\"source\":\"intake\",\"kind\":\"health\",\"died\":\"r\",\"reason\":\"r\"}"),
          new Call(
              "POST",
              "/api/dead-letters/intake/00000000000000000000000000000000/discard",
              "{\"reason\":\"fuzz\"}"));

  private static final List<String> PARAMETERS =
      List.of(
          "/api/rollout/history?limit=%s",
          "/api/rollout/history?kind=%s",
          "/api/rollout/kinds/%s",
          "/api/rollout/rollbacks/%s",
          "/api/rollout/devices/%s",
          "/api/reconciler?limit=%s",
          "/api/reconciler/runs/%s",
          "/api/reconciler/runs/1/differences?after=%s",
          "/api/reconciler/runs/1/differences?class=%s",
          "/api/reconciler/runs/1/differences?device=%s",
          "/api/reconciler/runs/1/differences?column=%s",
          "/api/reconciler/runs/1/differences?from=%s",
          "/api/reconciler/runs/1/differences?urgent=%s",
          "/api/reconciler/rows/t_common_event/%s",
          "/api/reconciler/rows/%s/00000000000000000000000000000000",
          "/api/reconciler/devices/%s",
          "/api/dead-letters?limit=%s",
          "/api/dead-letters?after=%s",
          "/api/dead-letters?after=1~intake~%s",
          "/api/dead-letters?after=%s~intake~00000000000000000000000000000000",
          "/api/dead-letters?state=%s",
          "/api/reports/%s/report.json");

  private static final List<String> INSTANTS =
      List.of(
          "\"+1000000000-12-31T23:59:59.999999999Z\"",
          "\"-1000000000-01-01T00:00:00Z\"",
          "\"9999-12-31T23:59:59.999Z\"",
          "\"10000-01-01T00:00:00Z\"",
          "\"+292278994-08-17T07:12:55.808Z\"",
          "\"0000-01-01T00:00:00Z\"",
          "\"2026-02-30T00:00:00Z\"",
          "1e18",
          "9223372036854775807",
          "-9223372036854775808");

  private static ConfigurableApplicationContext router;
  private static Http http;

  @BeforeAll
  static void start() {
    router = TestRouterApplication.start(List.of("--server.port=0", "--management.server.port=0"));
    http = Http.of(router);
  }

  @AfterAll
  static void stop() {
    router.close();
  }

  @Test
  void everyCallIsAnsweredOrIsAProblem() throws Exception {
    Random random = new Random(SEED);
    List<String> faults = new ArrayList<>();
    int[] statuses = new int[600];
    for (int i = 0; i < CALLS && faults.size() < 20; i++) {
      Call call = random.nextInt(5) == 0 ? parameter(random) : body(random);
      try {
        Http.Answer answer = send(call);
        statuses[answer.status()]++;
        String type = answer.json().path("type").asText();
        if (answer.status() >= 500
            || (answer.status() >= 400 && !type.startsWith("urn:crossfade:problem:"))) {
          faults.add(call + " → " + answer.status() + " " + answer.raw().body());
        }
      } catch (IllegalStateException e) {
        faults.add(call + " → " + e);
      }
    }
    for (int status = 0; status < statuses.length; status++) {
      if (statuses[status] > 0) {
        System.out.printf("operator fuzz: seed %d, %d × %d%n", SEED, statuses[status], status);
      }
    }
    assertThat(faults).as("seed %d", SEED).isEmpty();
  }

  private static Http.Answer send(Call call) {
    return http.send(
        http.request(call.path())
            .timeout(HANGS)
            .header("Content-Type", "application/json")
            .method(
                call.method(),
                call.body().isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(call.body())));
  }

  private static Call parameter(Random random) {
    String value = one(random, random.nextInt(4) == 0 ? INSTANTS : BodyMutator.VALUES);
    // What a server refuses before it looks for anyone to ask is not the API's.
    String plain = value.replaceAll("[\"\\\\/;%\\x00]", "").strip();
    String encoded =
        URLEncoder.encode(
                plain.isEmpty() ? "x" : plain.substring(0, Math.min(plain.length(), 500)),
                StandardCharsets.UTF_8)
            .replace("+", "%20");
    return new Call("GET", one(random, PARAMETERS).formatted(encoded), "");
  }

  private static Call body(Random random) throws Exception {
    Call call = one(random, CALLS_WITH_BODY);
    if (random.nextInt(20) == 0) {
      return new Call(call.method(), call.path(), one(random, BodyMutator.VALUES));
    }
    ObjectNode body = (ObjectNode) JSON.readTree(call.body());
    for (int left = 1 + random.nextInt(2); left > 0; left--) {
      List<String> names = new ArrayList<>();
      body.fieldNames().forEachRemaining(names::add);
      String name = one(random, names);
      String value = one(random, random.nextInt(3) == 0 ? INSTANTS : BodyMutator.VALUES);
      JsonNode raw =
          body.rawValueNode(new RawValue(random.nextInt(4) == 0 ? "[" + value + "]" : value));
      body.set(name, raw);
    }
    return new Call(call.method(), call.path(), JSON.writeValueAsString(body));
  }

  private static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
