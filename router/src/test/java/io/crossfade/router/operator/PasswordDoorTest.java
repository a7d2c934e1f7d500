package io.crossfade.router.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/** Who is checked, on what, how often, and who has to wait. */
class PasswordDoorTest {

  private static final String HERE = "192.0.2.1";

  /** Bcrypt at its cheapest, which says what it checked and where, and may be held up. */
  private static final class Checks extends BCryptPasswordEncoder {

    private final Queue<String> hashes = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> threads = new ConcurrentLinkedQueue<>();
    private volatile CountDownLatch gate = new CountDownLatch(0);

    private Checks() {
      super(4);
    }

    @Override
    public boolean matches(CharSequence password, String hash) {
      hashes.add(hash);
      threads.add(Thread.currentThread());
      try {
        gate.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return super.matches(password, hash);
    }
  }

  private final Checks checks = new Checks();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final KnownLogins known = new KnownLogins(this::now);
  private final LoginThrottle throttle = new LoginThrottle(3, Duration.ofSeconds(30), this::now);
  private volatile Instant now = Instant.parse("2026-11-26T12:00:00Z");
  private PasswordDoor door = door("right");

  @AfterEach
  void stop() {
    checks.gate.countDown();
    requests.close();
    door.close();
  }

  @Test
  void passwordIsCheckedOnceAMinuteAndNeverWhereRequestsRun() throws Exception {
    assertThat(requests.submit(() -> logIn(HERE, "Ann", "right")).get().getName()).isEqualTo("ann");
    assertThat(checks.threads).hasSize(1).allMatch(thread -> !thread.isVirtual());
    now = now.plus(KnownLogins.FOR).minusMillis(1);
    assertThat(logIn("192.0.2.2", "ann", "right").getAuthorities()).hasSize(1);
    assertThat(checks.hashes).hasSize(1);
    now = now.plusMillis(1);
    logIn(HERE, "ann", "right");
    assertThat(checks.hashes).hasSize(2);
    assertThat(meters.get("crossfade.router.logins").tag("outcome", "known").counter().count())
        .isEqualTo(1);
  }

  @Test
  void changedPasswordIsForgottenAtOnce() {
    logIn(HERE, "ann", "right");
    door.close();
    door = door("new");
    assertThatThrownBy(() -> logIn(HERE, "ann", "right"))
        .isInstanceOf(BadCredentialsException.class);
    assertThat(logIn(HERE, "ann", "new").isAuthenticated()).isTrue();
  }

  @Test
  void nameThatNobodyHasCostsWhatAnotherCosts() {
    assertThatThrownBy(() -> logIn(HERE, "nobody", "right"))
        .isInstanceOf(BadCredentialsException.class);
    assertThat(checks.hashes).hasSize(1).allMatch(hash -> hash.startsWith("$2a$04$"));
    assertThatThrownBy(() -> logIn(HERE, "nobody", "right"))
        .as("not even when it is the password of the one whose hash was taken")
        .isInstanceOf(BadCredentialsException.class);
    assertThat(checks.hashes).hasSize(2);
  }

  @Test
  void successClearsItsOwnNameAndNoOther() {
    for (int guess = 0; guess < 2; guess++) {
      wrong(HERE, "bob");
      wrong(HERE, "ann");
    }
    logIn(HERE, "ann", "right");
    wrong(HERE, "ann");
    wrong(HERE, "bob");
    refused(HERE, "bob");
    logIn(HERE, "ann", "right");
    now = now.plusSeconds(30);
    wrong(HERE, "bob");
  }

  @Test
  void addressThatTriesManyNamesWaitsWithAll() {
    for (int name = 0; name < 3 * LoginThrottle.NAMES; name++) {
      wrong("2001:db8:0:1::" + name, "name" + name);
    }
    refused("2001:db8:0:1:ffff::1", "ann");
    assertThat(logIn("2001:db8:0:2::1", "ann", "right").isAuthenticated()).isTrue();
  }

  @Test
  void guessesAtOnceCountBeforeTheyAreKnownToBeWrong() throws Exception {
    checks.gate = new CountDownLatch(1);
    List<Future<Authentication>> guesses = new ArrayList<>();
    for (int guess = 0; guess < 3; guess++) {
      String password = "guess" + guess;
      guesses.add(requests.submit(() -> logIn(HERE, "ann", password)));
    }
    await().until(() -> open(HERE) == 3);
    refused(HERE, "ann");
    checks.gate.countDown();
    for (Future<Authentication> guess : guesses) {
      assertThatThrownBy(guess::get).hasCauseInstanceOf(BadCredentialsException.class);
    }
    assertThat(checks.hashes).hasSize(3);
  }

  @Test
  void sameLoginAtOnceIsCheckedOnce() throws Exception {
    checks.gate = new CountDownLatch(1);
    List<Future<Authentication>> same = new ArrayList<>();
    for (int request = 0; request < 50; request++) {
      same.add(requests.submit(() -> logIn(HERE, "ann", "right")));
    }
    await().until(() -> open(HERE) == 1);
    checks.gate.countDown();
    for (Future<Authentication> request : same) {
      assertThat(request.get().isAuthenticated()).isTrue();
    }
    assertThat(checks.hashes).hasSize(1);
  }

  @Test
  void queueIsShortAndWhoeverIsKnownPassesIt() {
    logIn(HERE, "ann", "right");
    checks.gate = new CountDownLatch(1);
    int places = PasswordDoor.QUEUE + checks();
    for (int address = 0; address < places; address++) {
      String from = "198.51.100." + address;
      requests.submit(() -> logIn(from, "ann", "wrong"));
      await().until(() -> open(from) == 1);
    }
    assertThatThrownBy(() -> logIn("203.0.113.1", "bob", "wrong"))
        .isInstanceOfSatisfying(
            NotNowException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.LOGINS_BUSY));
    assertThat(logIn(HERE, "ann", "right").isAuthenticated()).isTrue();
  }

  private static int checks() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / 4);
  }

  private int open(String address) {
    return throttle.open(address);
  }

  private void wrong(String address, String name) {
    assertThatThrownBy(() -> logIn(address, name, "wrong" + checks.hashes.size()))
        .isInstanceOf(BadCredentialsException.class);
  }

  private void refused(String address, String name) {
    int before = checks.hashes.size();
    assertThatThrownBy(() -> logIn(address, name, "right"))
        .isInstanceOfSatisfying(
            NotNowException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.TOO_MANY_LOGINS));
    assertThat(checks.hashes).hasSize(before);
  }

  private Authentication logIn(String address, String name, String password) {
    var login = UsernamePasswordAuthenticationToken.unauthenticated(name, password);
    login.setDetails(new WebAuthenticationDetails(address, null));
    return door.authenticate(login);
  }

  private PasswordDoor door(String password) {
    List<UserDetails> users =
        List.of(
            User.withUsername("ann").password(checks.encode(password)).roles("OPERATOR").build(),
            User.withUsername("bob").password(checks.encode("other")).roles("VIEWER").build());
    return new PasswordDoor(new Operators(users), checks, throttle, known, meters);
  }

  private Instant now() {
    return now;
  }
}
