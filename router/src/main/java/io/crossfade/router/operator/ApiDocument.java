package io.crossfade.router.operator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;

/** The API in OpenAPI 3.1, made of the routes that there are. */
final class ApiDocument {

  /** Where the API is. */
  static final String API = "/api";

  private static final Map<String, String> FILES =
      Map.of(".csv", "text/csv", ".sql", "application/sql", ".html", MediaType.TEXT_HTML_VALUE);

  private static final DefaultParameterNameDiscoverer NAMES = new DefaultParameterNameDiscoverer();

  private final ObjectMapper json;
  private final ApiSchemas schemas;
  private final ObjectNode paths;

  ApiDocument(ObjectMapper json) {
    this.json = json;
    this.schemas = new ApiSchemas(json);
    this.paths = json.createObjectNode();
  }

  /** All of them, whatever the order of the routes. */
  static ObjectNode of(Map<RequestMappingInfo, HandlerMethod> routes, ObjectMapper json) {
    ApiDocument document = new ApiDocument(json);
    Map<String, Map<RequestMethod, HandlerMethod>> sorted = new TreeMap<>();
    routes.forEach(
        (route, method) ->
            route.getPatternValues().stream()
                .filter(path -> path.equals(API) || path.startsWith(API + "/"))
                .forEach(
                    path ->
                        route
                            .getMethodsCondition()
                            .getMethods()
                            .forEach(
                                verb ->
                                    sorted
                                        .computeIfAbsent(path, one -> new TreeMap<>())
                                        .put(verb, method))));
    sorted.forEach((path, verbs) -> verbs.forEach((verb, by) -> document.add(path, verb, by)));
    return document.whole();
  }

  private void add(String path, RequestMethod verb, HandlerMethod method) {
    ObjectNode operation =
        paths.withObjectProperty(path).putObject(verb.name().toLowerCase(Locale.ROOT));
    operation.put(
        "operationId",
        (verb + path).toLowerCase(Locale.ROOT).replaceAll("[^a-z]+", "_").replaceAll("_$", ""));
    String[] parts = path.split("/", -1);
    operation.putArray("tags").add(parts.length > 2 ? parts[2].replaceAll("\\..*", "") : "api");
    ArrayNode parameters = operation.putArray("parameters");
    boolean writes = false;
    for (MethodParameter parameter : method.getMethodParameters()) {
      parameter.initParameterNameDiscovery(NAMES);
      writes |= parameter.getParameterType() == HttpServletResponse.class;
      add(parameter, parameters, operation);
    }
    answers(path, verb, method, writes, operation);
  }

  private void add(MethodParameter parameter, ArrayNode parameters, ObjectNode operation) {
    RequestParam asked = parameter.getParameterAnnotation(RequestParam.class);
    if (parameter.hasParameterAnnotation(PathVariable.class)) {
      parameters
          .addObject()
          .put("name", parameter.getParameterName())
          .put("in", "path")
          .put("required", true)
          .set("schema", schemas.request(json.constructType(parameter.getGenericParameterType())));
    } else if (parameter.hasParameterAnnotation(RequestBody.class)) {
      operation
          .putObject("requestBody")
          .put("required", true)
          .putObject("content")
          .putObject(MediaType.APPLICATION_JSON_VALUE)
          .set("schema", schemas.request(json.constructType(parameter.getGenericParameterType())));
    } else if (asked != null) {
      String preset = asked.defaultValue();
      boolean set = !preset.equals(ValueConstants.DEFAULT_NONE);
      ObjectNode one =
          parameters
              .addObject()
              .put("name", parameter.getParameterName())
              .put("in", "query")
              .put("required", asked.required() && !set);
      ObjectNode schema =
          (ObjectNode) schemas.request(json.constructType(parameter.getGenericParameterType()));
      if (set) {
        schema = schema.deepCopy();
        schema.set("default", json.valueToTree(number(preset)));
      }
      one.set("schema", schema);
    } else if (parameter.getParameterType().isRecord()) {
      Class<?> raw = parameter.getParameterType();
      for (RecordComponent component : raw.getRecordComponents()) {
        parameters
            .addObject()
            .put("name", ApiSchemas.parameter(raw, component))
            .put("in", "query")
            .put("required", false)
            .set("schema", schemas.request(json.constructType(component.getGenericType())));
      }
    }
  }

  private static Object number(String preset) {
    return preset.matches("\\d+") ? (Object) Long.valueOf(preset) : preset;
  }

  private void answers(
      String path, RequestMethod verb, HandlerMethod method, boolean writes, ObjectNode operation) {
    ResponseStatus status =
        AnnotatedElementUtils.findMergedAnnotation(method.getMethod(), ResponseStatus.class);
    HttpStatus good = status == null ? HttpStatus.OK : status.code();
    ObjectNode answers = operation.putObject("responses");
    ObjectNode answer = answers.putObject(String.valueOf(good.value()));
    answer.put("description", good.getReasonPhrase());
    Class<?> type = method.getReturnType().getParameterType();
    String file = file(path);
    if (file != null && (writes || type == ResponseEntity.class)) {
      answer.putObject("content").putObject(file).putObject("schema").put("type", "string");
    } else if (type == ResponseEntity.class) {
      answer.putObject("content").putObject(MediaType.APPLICATION_JSON_VALUE).putObject("schema");
    } else if (type != void.class) {
      answer
          .putObject("content")
          .putObject(MediaType.APPLICATION_JSON_VALUE)
          .set(
              "schema",
              schemas.answer(json.constructType(method.getMethod().getGenericReturnType())));
    }
    boolean body = operation.has("requestBody");
    for (Refusal refusal : Refusal.values()) {
      int code = refusal.status().value();
      boolean possible =
          switch (refusal.status()) {
            case CONFLICT -> verb != RequestMethod.GET;
            case UNSUPPORTED_MEDIA_TYPE, LENGTH_REQUIRED, PAYLOAD_TOO_LARGE -> body;
            case METHOD_NOT_ALLOWED -> false;
            default -> true;
          };
      if (possible && !answers.has(String.valueOf(code))) {
        answers.putObject(String.valueOf(code)).put("$ref", "#/components/responses/" + code);
      }
    }
  }

  private static @Nullable String file(String path) {
    return FILES.entrySet().stream()
        .filter(one -> path.endsWith(one.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(null);
  }

  private ObjectNode whole() {
    ObjectNode whole = json.createObjectNode().put("openapi", "3.1.0");
    whole
        .putObject("info")
        .put("title", "Crossfade operator API")
        .put("version", "0.1.0")
        .put(
            "description",
            "What the console does. A viewer may GET, an operator may change. What is not done is"
                + " an RFC 9457 problem whose type never changes; times are ISO 8601 in UTC.");
    whole.putArray("security").addObject().putArray("basic");
    whole.set("paths", paths);
    ObjectNode components = whole.putObject("components");
    components
        .putObject("securitySchemes")
        .putObject("basic")
        .put("type", "http")
        .put("scheme", "basic");
    problems(components.putObject("responses"));
    ObjectNode named = components.putObject("schemas");
    named.setAll(schemas.components());
    problem(named.putObject("Problem"));
    return whole;
  }

  private static void problems(ObjectNode responses) {
    Map<Integer, Set<String>> labels = new TreeMap<>();
    for (Refusal refusal : Refusal.values()) {
      labels
          .computeIfAbsent(refusal.status().value(), code -> new TreeSet<>())
          .add(refusal.label());
    }
    labels.forEach(
        (code, types) -> {
          ObjectNode response = responses.putObject(String.valueOf(code));
          response.put("description", String.join(", ", types));
          response
              .putObject("content")
              .putObject(MediaType.APPLICATION_PROBLEM_JSON_VALUE)
              .putObject("schema")
              .put("$ref", "#/components/schemas/Problem");
        });
  }

  private static void problem(ObjectNode schema) {
    schema.put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode types = properties.putObject("type").put("type", "string").putArray("enum");
    for (Refusal refusal : Refusal.values()) {
      types.add(OperatorProblems.type(refusal));
    }
    properties.putObject("title").put("type", "string");
    properties.putObject("status").put("type", "integer");
    properties.putObject("detail").put("type", "string");
    properties.putObject("instance").put("type", "string");
    ArrayNode required = schema.putArray("required");
    List.of("type", "title", "status", "detail").forEach(required::add);
  }
}
