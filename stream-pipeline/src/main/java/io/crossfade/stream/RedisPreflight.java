package io.crossfade.stream;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Says in one line each how a Redis that answers would lose what it confirmed. */
final class RedisPreflight {

  private static final Logger log = LoggerFactory.getLogger(RedisPreflight.class);
  private static final int LEAST_MAJOR = 6;
  private static final int LEAST_MINOR = 2;

  private static final String LAST_GENERATED =
      """
      local last = '0-0'
      if redis.call('EXISTS', KEYS[1]) == 1 then
        local info = redis.call('XINFO', 'STREAM', KEYS[1])
        for i = 1, #info, 2 do if info[i] == 'last-generated-id' then last = info[i + 1] end end
      end
      return {redis.call('TIME')[1], last}
      """;

  record Finding(Level level, String message) {}

  private RedisPreflight() {}

  /**
   * Logs them.
   *
   * @throws RedisException when Redis is away again
   */
  static void report(RedisCommands<String, String> redis, List<String> keys) {
    try {
      check(redis, keys).forEach(finding -> log.atLevel(finding.level()).log(finding.message()));
    } catch (RedisCommandExecutionException e) {
      log.warn("Redis preflight was not possible: {}", e.getMessage());
    }
  }

  static List<Finding> check(RedisCommands<String, String> redis, List<String> keys) {
    List<Finding> findings = new ArrayList<>();
    String version = version(redis.info("server"));
    String[] parts = version.split("\\.", -1);
    int major = Integer.parseInt(parts[0]);
    if (major < LEAST_MAJOR || (major == LEAST_MAJOR && Integer.parseInt(parts[1]) < LEAST_MINOR)) {
      findings.add(
          new Finding(
              Level.ERROR,
              "Redis "
                  + version
                  + " has no XAUTOCLAIM: entries of a dead consumer would never be"
                  + " claimed; 6.2 or later is needed"));
    }
    try {
      expect(redis, "appendonly", "yes", "a restart loses what it confirmed", findings);
      expect(
          redis,
          "appendfsync",
          "always",
          "its crash may lose the last two seconds of what it confirmed",
          findings);
      expect(
          redis, "maxmemory-policy", "noeviction", "a full Redis may drop whole streams", findings);
    } catch (RedisCommandExecutionException e) {
      findings.add(
          new Finding(
              Level.WARN,
              "Redis does not let us read its configuration ("
                  + e.getMessage()
                  + "): see for yourself that appendonly is yes, appendfsync always and"
                  + " maxmemory-policy noeviction"));
    }
    keys.forEach(key -> lookAhead(redis, key, findings));
    return findings;
  }

  /** Entries then have ids from the future until the clock is past them. */
  private static void lookAhead(
      RedisCommands<String, String> redis, String key, List<Finding> findings) {
    List<Object> answer = redis.eval(LAST_GENERATED, ScriptOutputType.MULTI, new String[] {key});
    long seconds = Long.parseLong((String) answer.get(0));
    EntryId last = EntryId.parse((String) answer.get(1));
    Duration ahead = Duration.between(Instant.ofEpochSecond(seconds + 1), last.instant());
    if (ahead.isPositive()) {
      findings.add(
          new Finding(
              Level.WARN,
              "%s has a last id, %s, that is %d s ahead of the clock of Redis: its clock was wrong, or somebody gave an entry an id; ages come from acceptance stamps, and retention costs Redis more until its clock is past it"
                  .formatted(key, last, ahead.toSeconds())));
    }
  }

  private static void expect(
      RedisCommands<String, String> redis,
      String setting,
      String wanted,
      String consequence,
      List<Finding> findings) {
    Map<String, String> found = redis.configGet(setting);
    String value = found.get(setting);
    if (value != null && !value.equals(wanted)) {
      findings.add(
          new Finding(
              Level.WARN,
              "Redis has %s %s: %s; set it to %s".formatted(setting, value, consequence, wanted)));
    }
  }

  static String version(String info) {
    return info.lines()
        .filter(line -> line.startsWith("redis_version:"))
        .map(line -> line.substring("redis_version:".length()).trim())
        .findFirst()
        .orElse("0.0");
  }
}
