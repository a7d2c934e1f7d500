package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** The description of the API is of the API that there is, and its answers are as it says. */
class OpenApiIT {

  private static final Duration PATIENCE = Duration.ofMinutes(3);
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
  void everyRouteIsDescribed() {
    JsonNode document = http.as("viewer").get("/api/openapi.json").json();
    assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
    List<String> routes = new ArrayList<>();
    router
        .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .forEach(
            (mapping, method) ->
                mapping.getPatternValues().stream()
                    .filter(path -> path.startsWith("/api"))
                    .forEach(
                        path ->
                            mapping
                                .getMethodsCondition()
                                .getMethods()
                                .forEach(verb -> routes.add(verb + " " + path))));
    assertThat(routes).hasSizeGreaterThan(35);
    List<String> listed = new ArrayList<>();
    http.as("viewer")
        .get("/api")
        .json()
        .path("routes")
        .forEach(one -> listed.add(one.path("method").asText() + " " + one.path("path").asText()));
    assertThat(listed).containsExactlyInAnyOrderElementsOf(routes);
    for (String route : routes) {
      String[] parts = route.split(" ", 2);
      JsonNode operation = document.path("paths").path(parts[1]).path(parts[0].toLowerCase());
      assertThat(operation.isObject()).as(route).isTrue();
      List<String> needed = new ArrayList<>();
      operation
          .path("parameters")
          .forEach(
              one -> {
                if (one.path("in").asText().equals("path")) {
                  needed.add("{" + one.path("name").asText() + "}");
                }
              });
      assertThat(parts[1].replaceAll("[^{}]*(\\{\\w+})?", "$1"))
          .as(route)
          .isEqualTo(String.join("", needed));
      for (String code : List.of("400", "401", "403", "404", "503")) {
        String to = operation.path("responses").path(code).path("$ref").asText();
        assertThat(document.at(to.substring(1)).at("/content/application~1problem+json").isObject())
            .as(route + " " + code)
            .isTrue();
      }
    }
    assertThat(document.toString())
        .doesNotContain("java.", "io.crossfade", "Controller", "BigDecimal", "Instant\"");
    assertThat(document.findValuesAsText("$ref"))
        .allMatch(to -> document.at(to.substring(1)).isObject());
  }

  @Test
  void answersAreAsDescribed() throws Exception {
    fill();
    JsonNode document = http.get("/api/openapi.json").json();
    Map<String, String> ids = new TreeMap<>();
    ids.put("/reports/{id}", "/reports/" + first("/api/reports", "id"));
    ids.put("/audit/{id}", "/audit/" + first("/api/audit", "id"));
    ids.put("/runs/{id}", "/runs/" + http.get("/api/reconciler").json().at("/runs/0/id").asText());
    ids.put("/rollbacks/{id}", "/rollbacks/" + rollback());
    ids.put("{source}", "intake");
    ids.put("{key}", first("/api/dead-letters", "key"));
    ids.put("{kind}", "health");
    ids.put("{sn}", "OPEN-1");
    ids.put("/rows/{table}/{id}", "/rows/t_user_health_data/" + "0".repeat(32));
    int checked = 0;
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      JsonNode schema = path.getValue().at("/get/responses/200/content/application~1json/schema");
      if (schema.isObject()) {
        String asked = path.getKey();
        for (Map.Entry<String, String> id : ids.entrySet()) {
          asked = asked.replace(id.getKey(), id.getValue());
        }
        Http.Answer answer = http.get(asked);
        assertThat(answer.status()).as(asked + answer.raw().body()).isEqualTo(200);
        List<String> wrong = new ArrayList<>();
        check(document, schema, answer.json(), asked, wrong);
        assertThat(wrong).as(answer.raw().body()).isEmpty();
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(20);
    List<String> wrong = new ArrayList<>();
    JsonNode report =
        document.at("/paths/~1api~1rollout/get/responses/200/content/application~1json/schema");
    check(document, report, http.get("/api/streams").json(), "of something else", wrong);
    assertThat(wrong).as("the check itself finds something").isNotEmpty();
  }

  /** Under any of these is found again what was done, or was not done yet. */
  @Test
  void whoeverChangesSomethingHearsOfWhatItIs() {
    JsonNode document = http.get("/api/openapi.json").json();
    int changing = 0;
    for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
        if (operation.getKey().equals("get") || path.getKey().endsWith(".sql")) {
          continue;
        }
        List<String> answered = new ArrayList<>();
        operation
            .getValue()
            .path("responses")
            .properties()
            .forEach(
                answer ->
                    document
                        .at(
                            answer
                                .getValue()
                                .at("/content/application~1json/schema/$ref")
                                .asText("#")
                                .substring(1))
                        .path("properties")
                        .fieldNames()
                        .forEachRemaining(answered::add));
        assertThat(answered)
            .as(operation.getKey() + " " + path.getKey())
            .containsAnyOf("id", "acts", "run", "receipt", "version");
        changing++;
      }
    }
    assertThat(changing).isGreaterThan(15);
  }

  @Test
  void whateverIsNotDoneIsAProblem() {
    assertProblem(http.as(null).get("/api/rollout"), 401, "unauthorized");
    assertProblem(http.as("viewer").call("POST", "/api/reports", "{}"), 403, "forbidden");
    assertProblem(http.get("/api/no-such-thing"), 404, "not-found");
    assertProblem(http.get("/api/reports/4711/report.json"), 404, "not-found");
    Http.Answer method = http.call("DELETE", "/api/rollout", "");
    assertProblem(method, 405, "method-not-allowed");
    assertThat(method.raw().headers().firstValue("Allow").orElse("")).contains("GET");
    assertProblem(
        http.send(http.request("/api/reports").POST(BodyPublishers.ofString("day"))),
        415,
        "unsupported-media-type");
    assertProblem(
        http.send(
            http.request("/api/reconciler/rules")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{}"))),
        415,
        "unsupported-media-type");
    assertProblem(http.call("POST", "/api/reports", "{\"day\":\"x\"}"), 400, "unreadable");
    assertProblem(
        http.send(http.request("/api/rollout").header("Accept", "image/png").GET()),
        406,
        "not-acceptable");
  }

  private static void assertProblem(Http.Answer answer, int status, String type) {
    assertThat(answer.status()).as(answer.raw().body()).isEqualTo(status);
    assertThat(answer.raw().headers().firstValue("Content-Type").orElse(""))
        .as(type)
        .startsWith("application/problem+json");
    assertThat(answer.json().path("type").asText()).isEqualTo("urn:crossfade:problem:" + type);
    assertThat(answer.json().path("status").asInt()).isEqualTo(status);
    assertThat(answer.json().path("title").asText()).isNotEmpty();
    assertThat(answer.json().path("detail").asText()).isNotEmpty();
  }

  /** Something of everything: a record, a letter, a rule, a night. */
  private static void fill() {
    http.post("/upload_health_data", Http.health("OPEN-1", 1));
    http.post("/upload_health_data", "[{\"heart_rate\":72}]");
    assertThat(
            http.call(
                    "POST",
                    "/api/reconciler/rules",
                    "{\"kind\":\"health\",\"device\":\"D-1\",\"reason\":\"test\","
                        + "\"until\":\"2099-01-01T00:00:00Z\"}")
                .status())
        .isEqualTo(200);
    assertThat(http.call("POST", "/api/reports", "{}").status()).isEqualTo(202);
    await().atMost(PATIENCE).until(() -> !http.get("/api/reports").json().isEmpty());
    await().atMost(PATIENCE).until(() -> !http.get("/api/dead-letters").json().isEmpty());
  }

  private static String rollback() {
    return http.call(
            "POST",
            "/api/rollout/rollbacks",
            "{\"kind\":\"health\",\"to\":\"legacy\",\"reason\":\"try\"}")
        .json()
        .path("id")
        .asText();
  }

  private static String first(String path, String field) {
    return http.get(path).json().path(0).path(field).asText();
  }

  /** What of JSON Schema the document has: what does not fit is added to the list. */
  private static void check(
      JsonNode document, JsonNode schema, JsonNode value, String where, List<String> wrong) {
    if (schema.has("$ref")) {
      check(document, document.at(schema.path("$ref").asText().substring(1)), value, where, wrong);
      return;
    }
    if (schema.has("anyOf")) {
      for (JsonNode one : schema.path("anyOf")) {
        List<String> found = new ArrayList<>();
        check(document, one, value, where, found);
        if (found.isEmpty()) {
          return;
        }
      }
      // Of these the first is no null, and says most.
      check(document, schema.path("anyOf").path(0), value, where, wrong);
      return;
    }
    boolean fits =
        switch (schema.path("type").asText("")) {
          case "object" -> value.isObject();
          case "array" -> value.isArray();
          case "string" -> value.isTextual();
          case "integer" -> value.isIntegralNumber();
          case "number" -> value.isNumber();
          case "boolean" -> value.isBoolean();
          case "null" -> value.isNull();
          default -> true;
        };
    if (!fits) {
      wrong.add("%s is no %s but %s".formatted(where, schema.path("type").asText(), value));
      return;
    }
    if (schema.has("enum")) {
      List<String> choices = new ArrayList<>();
      schema.path("enum").forEach(one -> choices.add(one.asText()));
      if (!choices.contains(value.asText())) {
        wrong.add("%s is none of %s but %s".formatted(where, choices, value));
      }
    }
    schema
        .path("required")
        .forEach(
            name -> {
              if (!value.has(name.asText())) {
                wrong.add("%s has no %s".formatted(where, name.asText()));
              }
            });
    for (Map.Entry<String, JsonNode> field : value.properties()) {
      String at = where + "." + field.getKey();
      JsonNode of = schema.path("properties").path(field.getKey());
      JsonNode others = schema.path("additionalProperties");
      if (!of.isMissingNode()) {
        check(document, of, field.getValue(), at, wrong);
      } else if (others.isObject()) {
        check(document, others, field.getValue(), at, wrong);
      } else if (others.isBoolean() && !others.asBoolean()) {
        wrong.add("%s is not described".formatted(at));
      }
    }
    if (value.isArray()) {
      value.forEach(item -> check(document, schema.path("items"), item, where + "[]", wrong));
    }
  }
}
