package io.crossfade.router.gates;

import io.crossfade.db.Kind;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Gates of one's own.
 *
 * @param checks measured beside the gates that are built in, at most 20
 */
@ConfigurationProperties("crossfade.gates")
public record CheckSettings(@DefaultValue List<Check> checks) {

  private static final int MOST = 20;

  public CheckSettings {
    // Not by annotations: their messages show what was given, perhaps a password in an address.
    if (checks.size() > MOST) {
      throw new IllegalArgumentException(
          "crossfade.gates.checks must be at most %d, are %d".formatted(MOST, checks.size()));
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < checks.size(); i++) {
      Check check = checks.get(i);
      String problem =
          names.add(check.name()) ? CheckRules.problem(check) : "name must differ from the others";
      if (problem != null) {
        throw new IllegalArgumentException("crossfade.gates.checks[%d].%s".formatted(i, problem));
      }
    }
    checks = List.copyOf(checks);
  }

  /**
   * One number that somebody measures, and its limits.
   *
   * @param name for people and metrics: lower-case letters, digits and dashes
   * @param kind whose gate it is; {@code null} for all
   * @param prometheus address of a Prometheus that is asked the query
   * @param query in PromQL, with one number as the answer
   * @param url of anything else that is asked, and answers in JSON
   * @param json where in that answer the number is, as a JSON pointer; a bare number without it
   * @param atLeast least number that passes
   * @param atMost greatest number that passes
   * @param every how often it is measured
   * @param timeout for the whole answer
   * @param failureLimit so many numbers in a row may be beyond the limits before it fails
   * @param inconclusiveLimit so many times in a row there may be no number before it says so
   * @param dryRun whether it is only shown, and counts for nothing
   * @param rollsBack whether a kind goes back by itself when it fails, where it does for other
   *     gates
   * @param login of whoever is asked
   */
  public record Check(
      @DefaultValue("") String name,
      @Nullable Kind kind,
      @Nullable URI prometheus,
      @Nullable String query,
      @Nullable URI url,
      @DefaultValue("") String json,
      @Nullable Double atLeast,
      @Nullable Double atMost,
      @DefaultValue("30s") Duration every,
      @DefaultValue("5s") Duration timeout,
      @DefaultValue("0") int failureLimit,
      @DefaultValue("0") int inconclusiveLimit,
      @DefaultValue("false") boolean dryRun,
      @DefaultValue("false") boolean rollsBack,
      @DefaultValue Login login) {

    /** Without addresses, which may hold what nobody else is to read. */
    @Override
    public String toString() {
      return "Check[name=%s, kind=%s]".formatted(name, kind);
    }
  }

  /**
   * Who asks: a name with its password, or a token, or nobody.
   *
   * @param username for basic authentication
   * @param bearerToken for bearer authentication
   */
  public record Login(
      @Nullable String username, @Nullable String password, @Nullable String bearerToken) {

    @Override
    public String toString() {
      return "Login[]";
    }
  }
}
