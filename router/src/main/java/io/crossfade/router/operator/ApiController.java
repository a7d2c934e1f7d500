package io.crossfade.router.operator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Locale;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** {@code /api}: what the API has. */
@RestController
public final class ApiController {

  /**
   * One thing to ask for.
   *
   * @param method as HTTP has it
   * @param path with names in braces for what may vary
   */
  public record Route(String method, String path) {}

  /**
   * All there is.
   *
   * @param document where it is described
   */
  public record Contents(String document, List<Route> routes) {}

  /** Asked for when it is needed: it is made of this controller, too. */
  private final ObjectProvider<RequestMappingHandlerMapping> routes;

  private final ObjectMapper json;

  ApiController(
      @Qualifier("requestMappingHandlerMapping")
          ObjectProvider<RequestMappingHandlerMapping> routes,
      ObjectMapper json) {
    this.routes = routes;
    this.json = json;
  }

  @GetMapping("/api")
  public Contents contents() {
    return new Contents(
        "/api/openapi.json",
        document().path("paths").properties().stream()
            .flatMap(
                path ->
                    path.getValue().properties().stream()
                        .map(
                            verb ->
                                new Route(verb.getKey().toUpperCase(Locale.ROOT), path.getKey())))
            .toList());
  }

  /** The same in OpenAPI 3.1. */
  @GetMapping("/api/openapi.json")
  public JsonNode document() {
    return ApiDocument.of(routes.getObject().getHandlerMethods(), json);
  }
}
