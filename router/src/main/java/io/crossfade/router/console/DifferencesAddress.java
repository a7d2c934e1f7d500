package io.crossfade.router.console;

import io.crossfade.router.reconciliation.FilterRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * What the page of differences shows, as its address says it, and where a person goes from there.
 *
 * @param order of the list; {@code null} for the usual one
 */
public record DifferencesAddress(long run, FilterRequest asked, @Nullable String order) {

  private static final String PAGE = "/console/differences";

  /** The first page of the same. */
  public String page() {
    return address(PAGE, parameters());
  }

  /** What follows a place in the list. */
  public String after(String place) {
    Map<String, Object> parameters = parameters();
    parameters.put("after", place);
    return address(PAGE, parameters);
  }

  /** All that match, as a file. */
  public String csv() {
    return address("%s/%d/differences.csv".formatted(PAGE, run), asked.parameters());
  }

  /** The list and its figures alone, from a place on. */
  public String found(@Nullable String after) {
    Map<String, Object> parameters = parameters();
    parameters.remove("run");
    if (after != null) {
      parameters.put("after", after);
    }
    return address("%s/%d/found".formatted(PAGE, run), parameters);
  }

  /** Only those that have a value, too. */
  public String with(String name, Object value) {
    Map<String, Object> parameters = parameters();
    parameters.put(name, value);
    return address(PAGE, parameters);
  }

  /** Only those that nobody can explain, too. */
  public String unexplained() {
    Map<String, Object> parameters = parameters();
    parameters.remove("reason");
    parameters.put("explained", false);
    return address(PAGE, parameters);
  }

  /** Only those that were accepted within a time, too. */
  public String within(Object from, Object to) {
    Map<String, Object> parameters = parameters();
    parameters.put("from", from);
    parameters.put("to", to);
    return address(PAGE, parameters);
  }

  /** Whatever they have there. */
  public String without(String... names) {
    Map<String, Object> parameters = parameters();
    for (String name : names) {
      parameters.remove(name);
    }
    return address(PAGE, parameters);
  }

  /** All of the run. */
  public String whole() {
    return new DifferencesAddress(run, FilterRequest.NOTHING, order).page();
  }

  private Map<String, Object> parameters() {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("run", run);
    parameters.putAll(asked.parameters());
    if (order != null) {
      parameters.put("order", order);
    }
    return parameters;
  }

  private static String address(String path, Map<String, Object> parameters) {
    UriComponentsBuilder address = UriComponentsBuilder.fromPath(path);
    parameters.keySet().forEach(name -> address.queryParam(name, "{" + name + "}"));
    return address.encode().buildAndExpand(parameters).toUriString();
  }
}
