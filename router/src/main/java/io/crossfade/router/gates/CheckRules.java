package io.crossfade.router.gates;

import com.fasterxml.jackson.core.JsonPointer;
import io.crossfade.router.gates.CheckSettings.Check;
import io.crossfade.router.gates.CheckSettings.Login;
import java.net.URI;
import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with the settings of a check, and nothing of what was given. */
final class CheckRules {

  static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration SHORTEST = Duration.ofMillis(100);
  private static final Duration LONGEST_EVERY = Duration.ofHours(1);
  private static final int LONGEST_QUERY = 4_000;
  private static final int MOST_IN_A_ROW = 1_000;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,39}");
  private static final Pattern LINE = Pattern.compile("[\\x21-\\x7e]+");

  private CheckRules() {}

  /** The key within the check and what it must be; {@code null} when all is well. */
  static @Nullable String problem(Check check) {
    if (!NAME.matcher(check.name()).matches()) {
      return "name must be 1 to 40 lower-case letters, digits and dashes";
    }
    String source = source(check);
    if (source != null) {
      return source;
    }
    String limits = limits(check);
    return limits == null ? login(check.login()) : limits;
  }

  private static @Nullable String source(Check check) {
    URI prometheus = check.prometheus();
    URI url = check.url();
    String query = check.query();
    if ((prometheus == null) == (url == null)) {
      return "prometheus or url must be set, and not both";
    }
    if (prometheus != null) {
      if (!asks(prometheus) || prometheus.getRawQuery() != null) {
        return "prometheus must be like http://host:9090, without a login, a ? or a #";
      }
      if (query == null || query.isBlank() || query.length() > LONGEST_QUERY) {
        return "query must be PromQL of at most %d characters".formatted(LONGEST_QUERY);
      }
      return check.json().isEmpty() ? null : "json is for a url, not for prometheus";
    }
    if (url != null && !asks(url)) {
      return "url must be like https://host/path, without a login (that is login.*) or a #";
    }
    if (query != null) {
      return "query is for prometheus, not for a url";
    }
    return isPointer(check.json()) ? null : "json must be a JSON pointer like /errors/share";
  }

  private static boolean asks(URI address) {
    return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
        && address.getHost() != null
        && address.getRawUserInfo() == null
        && address.getRawFragment() == null;
  }

  private static boolean isPointer(String json) {
    try {
      JsonPointer.compile(json);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static @Nullable String limits(Check check) {
    Double least = check.atLeast();
    Double most = check.atMost();
    if (least == null && most == null) {
      return "at-most or at-least must be set";
    }
    if ((least != null && !Double.isFinite(least)) || (most != null && !Double.isFinite(most))) {
      return "at-most and at-least must be numbers";
    }
    if (least != null && most != null && least > most) {
      return "at-least must not be above at-most";
    }
    if (outside(check.every(), LONGEST_EVERY)) {
      return "every must be from 100ms to 1h";
    }
    if (outside(check.timeout(), LONGEST_TIMEOUT)) {
      return "timeout must be from 100ms to 1m";
    }
    if (check.failureLimit() < 0 || check.failureLimit() > MOST_IN_A_ROW) {
      return "failure-limit must be from 0 to %d".formatted(MOST_IN_A_ROW);
    }
    return check.inconclusiveLimit() < 0 || check.inconclusiveLimit() > MOST_IN_A_ROW
        ? "inconclusive-limit must be from 0 to %d".formatted(MOST_IN_A_ROW)
        : null;
  }

  private static boolean outside(Duration given, Duration longest) {
    return given.compareTo(SHORTEST) < 0 || given.compareTo(longest) > 0;
  }

  private static @Nullable String login(Login login) {
    if ((login.username() == null) != (login.password() == null)) {
      return "login.username and login.password must be set together";
    }
    if (login.username() != null && login.bearerToken() != null) {
      return "login.bearer-token must not be set beside login.username";
    }
    if (login.username() != null && login.username().contains(":")) {
      return "login.username must have no colon";
    }
    return login.bearerToken() != null && !LINE.matcher(login.bearerToken()).matches()
        ? "login.bearer-token must be one word"
        : null;
  }
}
