package io.crossfade.db.kind;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What kinds may not share, and what is taken before any file is read. */
final class Taken {

  /** Names of kinds, parts of names of streams, and words of the operators. */
  private static final Set<String> KINDS =
      Set.of("health", "device", "event", "health_data", "device_info", "common_event", "all");

  /** Streams of what goes ahead are named so. */
  private static final String URGENT = "urgent_";

  /** First parts of paths that the application itself has. */
  private static final List<String> PATHS =
      List.of(
          "/api",
          "/console",
          "/actuator",
          "/togglz-console",
          "/error",
          "/login",
          "/logout",
          "/upload_health_data",
          "/upload_device_info",
          "/upload_common_event");

  private static final String V2 = "_v2";

  private static final Set<String> TABLES =
      Set.of(
          "t_user_health_data",
          "t_user_health_data_fact",
          "t_user_health_data_daily",
          "t_user_health_data_weekly",
          "t_device_info",
          "t_device_info_history",
          "t_common_event",
          "flyway_schema_history");

  private final Map<String, String> kinds = new HashMap<>();
  private final Map<Integer, String> codes = new HashMap<>();
  private final Map<String, String> endpoints = new HashMap<>();
  private final Map<String, String> tables = new HashMap<>();

  boolean kind(YamlPart at, String name) {
    if (KINDS.contains(name) || name.startsWith(URGENT)) {
      at.mistake("the name %s is taken by what is built in".formatted(Mistakes.quote(name)));
      return false;
    }
    return isFree(at, "the name", name, kinds.putIfAbsent(name, at.place()));
  }

  boolean code(YamlPart at, int code) {
    return isFree(at, "the code", String.valueOf(code), codes.putIfAbsent(code, at.place()));
  }

  boolean endpoint(YamlPart at, String path) {
    String plain = path.endsWith(V2) ? path.substring(0, path.length() - V2.length()) : path;
    int end = plain.indexOf('/', 1);
    String first = end < 0 ? plain : plain.substring(0, end);
    if (PATHS.contains(first)) {
      at.mistake(
          "the endpoint %s is taken by what is built in; taken are %s"
              .formatted(Mistakes.quote(path), String.join(", ", PATHS)));
      return false;
    }
    if (!plain.equals(path)) {
      at.mistake("%s ends with _v2, which every kind has besides".formatted(Mistakes.quote(path)));
      return false;
    }
    return isFree(at, "the endpoint", path, endpoints.putIfAbsent(path, at.place()));
  }

  boolean table(YamlPart at, String name) {
    String folded = Fields.folded(name);
    if (TABLES.contains(folded)) {
      at.mistake("the table %s is that of a kind that is built in".formatted(Mistakes.quote(name)));
      return false;
    }
    return isFree(at, "the table", name, tables.putIfAbsent(folded, at.place()));
  }

  private static boolean isFree(YamlPart at, String what, String name, @Nullable String before) {
    if (before == null) {
      return true;
    }
    at.mistake("%s %s is taken at %s".formatted(what, Mistakes.quote(name), before));
    return false;
  }
}
