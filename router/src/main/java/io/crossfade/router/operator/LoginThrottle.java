package io.crossfade.router.operator;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets whoever guesses passwords wait: per address and name, and per address with all names
 * together. Whoever gets in clears the name, not the address, else one account would pay for
 * guesses at all others.
 */
final class LoginThrottle {

  /** All names of an address together may fail so many times as often as one name. */
  static final int NAMES = 4;

  /** Passwords of one address that are being looked at: it must not fill the queue for others. */
  static final int AT_ONCE = 4;

  private static final Logger log = LoggerFactory.getLogger(LoginThrottle.class);
  private static final int REMEMBERED = 10_000;
  private static final Duration A_MOMENT = Duration.ofSeconds(1);

  /** What an address has on its account, alone or with a name. */
  private static final class Tries {
    private int wrong;
    private int open;
    private Instant until = Instant.MIN;
  }

  /**
   * A password that is being looked at; ends with exactly one of the methods below.
   *
   * @param network where it came from
   * @param name a digest of whom it was for
   */
  record Attempt(String network, String name) {

    private String both() {
      return network + ' ' + name;
    }
  }

  private final int most;
  private final Duration wait;
  private final InstantSource clock;

  /** By address, and by address and name. Who was longest silent goes when there are too many. */
  private final Map<String, Tries> tries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Tries> eldest) {
          return size() > REMEMBERED;
        }
      };

  /**
   * @param most failures that an address may have with one name
   * @param wait how long it is refused then, counted from the last failure
   */
  LoginThrottle(int most, Duration wait, InstantSource clock) {
    this.most = most;
    this.wait = wait;
    this.clock = clock;
  }

  /**
   * Before anything is looked at.
   *
   * @throws NotNowException if it has to wait
   */
  synchronized void admit(Attempt attempt) {
    Instant now = clock.instant();
    if (wrong(attempt.both(), now) >= most || wrong(attempt.network(), now) >= most * NAMES) {
      throw new NotNowException(
          Refusal.TOO_MANY_LOGINS, wait, "Too many passwords were wrong; wait for " + wait);
    }
  }

  /**
   * Before a password is looked at: those on their way count as wrong until they are known to be
   * right, else a hundred at once would all come before the first failure.
   *
   * @throws NotNowException if it has to wait
   */
  synchronized void begin(Attempt attempt) {
    admit(attempt);
    Tries name = of(attempt.both());
    Tries network = of(attempt.network());
    if (network.open >= AT_ONCE
        || name.wrong + name.open >= most
        || network.wrong + network.open >= most * NAMES) {
      throw new NotNowException(
          Refusal.TOO_MANY_LOGINS, A_MOMENT, "Too many passwords at once; wait for " + A_MOMENT);
    }
    name.open++;
    network.open++;
  }

  synchronized void failed(Attempt attempt) {
    end(attempt);
    Instant until = clock.instant().plus(wait);
    for (String key : List.of(attempt.both(), attempt.network())) {
      Tries one = of(key);
      one.wrong++;
      one.until = until;
    }
    if (of(attempt.both()).wrong == most || of(attempt.network()).wrong == most * NAMES) {
      log.warn("{} has failed to log in too often and waits for {}", attempt.network(), wait);
    }
  }

  synchronized void succeeded(Attempt attempt) {
    end(attempt);
    of(attempt.both()).wrong = 0;
  }

  /** Nobody came to look at it. */
  synchronized void end(Attempt attempt) {
    for (String key : List.of(attempt.both(), attempt.network())) {
      Tries one = of(key);
      one.open = Math.max(0, one.open - 1);
    }
  }

  /** How many passwords of an address are being looked at. */
  synchronized int open(String network) {
    Tries one = tries.get(network);
    return one == null ? 0 : one.open;
  }

  private int wrong(String key, Instant now) {
    Tries one = tries.get(key);
    if (one == null) {
      return 0;
    }
    if (!now.isBefore(one.until)) {
      one.wrong = 0;
    }
    return one.wrong;
  }

  private Tries of(String key) {
    return tries.computeIfAbsent(key, ignored -> new Tries());
  }
}
