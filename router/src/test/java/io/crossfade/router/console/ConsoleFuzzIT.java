package io.crossfade.router.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.router.BodyMutator;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.router.operator.ConsoleClient;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.BeanUtils;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Mutated queries and forms over every page and action of the console, found by their routes: never
 * a 500. {@code -Dcrossfade.fuzz.calls}, {@code -Dcrossfade.fuzz.seed}.
 */
class ConsoleFuzzIT {

  private static final int CALLS = Integer.getInteger("crossfade.fuzz.calls", 1_500);
  private static final long SEED = Long.getLong("crossfade.fuzz.seed", 25);

  /** Answers that end only with the one who asks. */
  private static final Set<String> LEFT_OUT = Set.of("/console/live");

  /** Nested forms end; a form that holds itself would not. */
  private static final int DEPTH = 2;

  /** What a field may mean, so that some calls come as far as what is behind the first look. */
  private static final List<String> MEANT =
      List.of(
          "health",
          "event",
          "1",
          "10",
          "canary",
          "shadow",
          "legacy",
          "rows",
          "matching",
          "intake",
          "open",
          "stream",
          "FIELDS_DIFFER",
          "2026-11-28",
          "2026-11-28T00:00:00Z",
          "PT5M",
          "00000000000000000000000000000000",
          "t_common_event:00000000000000000000000000000000",
          "operator",
          "true");

  private static final List<String> MOMENTS =
      List.of(
          "PT2000000000000H",
          "P9999999999D",
          "PT-9223372036854775808S",
          "PT0.000000001S",
          "-PT1S",
          "9223372036854775807ms",
          "106751991167300d",
          "+1000000000-12-31T23:59:59.999999999Z",
          "-1000000000-01-01T00:00:00Z",
          "+999999999-12-31",
          "-999999999-01-01",
          "0000-00-00",
          "9223372036854775807",
          "-9223372036854775808",
          "2147483647",
          "-2147483648");

  /** A page or an action, and the names of what it is asked with. */
  private record Route(RequestMethod method, String path, Set<String> names) {}

  private static ConfigurableApplicationContext router;
  private static ConsoleClient console;

  @BeforeAll
  static void start() throws Exception {
    router = TestRouterApplication.start(List.of("--server.port=0", "--management.server.port=0"));
    console = ConsoleClient.of(router);
    console.logIn("operator");
  }

  @AfterAll
  static void stop() {
    console.close();
    router.close();
  }

  @Test
  void noPageAndNoFormFails() throws Exception {
    Random random = new Random(SEED);
    List<Route> routes = routes();
    assertThat(routes).extracting(Route::path).contains("/console", "/console/differences/runs");
    assertThat(routes)
        .filteredOn(route -> route.path().equals("/console/differences/{run}/repairs"))
        .flatExtracting(Route::names)
        .contains("row", "filter.kind");
    List<String> faults = new ArrayList<>();
    int[] statuses = new int[600];
    for (int i = 0; i < CALLS && faults.size() < 20; i++) {
      Route route = i < routes.size() ? routes.get(i) : one(random, routes);
      String path = route.path();
      while (path.contains("{")) {
        path = path.replaceFirst("\\{[^}]*}", value(random, true));
      }
      String fields =
          route.names().stream()
              .filter(name -> random.nextInt(8) > 0)
              .map(name -> name + index(random) + "=" + value(random, false))
              .collect(Collectors.joining("&"));
      int status =
          route.method() == RequestMethod.GET
              ? console.get(path + "?" + fields)
              : console.submit(path, fields);
      statuses[status]++;
      if (status >= 500) {
        faults.add("%s %s?%s → %d".formatted(route.method(), path, fields, status));
      }
    }
    for (int status = 0; status < statuses.length; status++) {
      if (statuses[status] > 0) {
        System.out.printf("console fuzz: seed %d, %d × %d%n", SEED, statuses[status], status);
      }
    }
    assertThat(faults).as("seed %d", SEED).isEmpty();
    assertThat(statuses[403]).as("never logged out").isZero();
  }

  private static List<Route> routes() {
    return router
        .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
        .getHandlerMethods()
        .entrySet()
        .stream()
        .flatMap(entry -> routes(entry.getKey(), entry.getValue()))
        .filter(route -> route.path().startsWith("/console") && !LEFT_OUT.contains(route.path()))
        .sorted(Comparator.comparing(Route::path).thenComparing(Route::method))
        .toList();
  }

  private static Stream<Route> routes(RequestMappingInfo mapping, HandlerMethod handler) {
    Set<String> names = new TreeSet<>();
    for (MethodParameter parameter : handler.getMethodParameters()) {
      parameter.initParameterNameDiscovery(new DefaultParameterNameDiscoverer());
      if (parameter.hasParameterAnnotation(RequestParam.class)) {
        names.add(parameter.getParameterName());
      } else if (!parameter.hasParameterAnnotation(PathVariable.class)) {
        fields(parameter.getParameterType(), "", DEPTH, names);
      }
    }
    return mapping.getMethodsCondition().getMethods().stream()
        .flatMap(
            method ->
                mapping.getPatternValues().stream().map(path -> new Route(method, path, names)));
  }

  /** The fields of a form; what Spring itself hands in is none. */
  private static void fields(Class<?> type, String prefix, int depth, Set<String> names) {
    if (!type.isRecord() || !type.getName().startsWith("io.crossfade") || depth == 0) {
      return;
    }
    for (var component : type.getRecordComponents()) {
      String name = prefix + component.getName();
      if (BeanUtils.isSimpleProperty(component.getType()) || !component.getType().isRecord()) {
        names.add(name);
      } else {
        fields(component.getType(), name + ".", depth - 1, names);
      }
    }
  }

  private static String index(Random random) {
    return switch (random.nextInt(30)) {
      case 0 -> "%5B2147483647%5D";
      case 1 -> "%5B%5D";
      case 2 -> ".x";
      default -> "";
    };
  }

  /**
   * @param part of a path, in which the server itself refuses some characters
   */
  private static String value(Random random, boolean part) {
    String value =
        switch (random.nextInt(4)) {
          case 0 -> one(random, BodyMutator.VALUES);
          case 1 -> one(random, MOMENTS);
          default -> one(random, MEANT);
        };
    String plain = part ? value.replaceAll("[\"\\\\/;%\\x00]", "").strip() : value;
    String clipped =
        plain.isEmpty() && part ? "x" : plain.substring(0, Math.min(plain.length(), 400));
    return URLEncoder.encode(clipped, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
