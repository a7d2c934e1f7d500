package io.crossfade.router.operator;

import io.crossfade.router.RouterMeter;
import io.crossfade.router.operator.LoginThrottle.Attempt;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * The one place where a password is checked, whichever way it came. The check takes a tenth of a
 * second of a processor: it runs on few threads of its own, since on those that carry the requests
 * eight connections would leave nothing to uploads, behind a short queue, and only for an address
 * that has not guessed too often.
 */
final class PasswordDoor implements AuthenticationProvider, AutoCloseable {

  /** Waiting passwords; at a tenth of a second each the last waits two or three seconds. */
  static final int QUEUE = 24;

  private static final int PROCESSORS_PER_CHECK = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration A_MOMENT = Duration.ofSeconds(2);

  private final Operators operators;
  private final PasswordEncoder encoder;
  private final LoginThrottle throttle;
  private final KnownLogins known;
  private final MeterRegistry meters;

  /** The same login sent by several requests at once is checked once. */
  private final ConcurrentMap<String, CompletableFuture<Boolean>> running =
      new ConcurrentHashMap<>();

  private final ThreadPoolExecutor checks;

  PasswordDoor(
      Operators operators,
      PasswordEncoder encoder,
      LoginThrottle throttle,
      KnownLogins known,
      MeterRegistry meters) {
    this.operators = operators;
    this.encoder = encoder;
    this.throttle = throttle;
    this.known = known;
    this.meters = meters;
    // A series that begins with its first login shows no increase by it.
    Stream.of(
            "checked",
            "known",
            "wrong",
            Refusal.TOO_MANY_LOGINS.label(),
            Refusal.LOGINS_BUSY.label())
        .forEach(this::counter);
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_CHECK);
    checks =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.MINUTES,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().name("password-", 0).daemon(true).factory());
    checks.allowCoreThreadTimeOut(true);
  }

  @Override
  public Authentication authenticate(Authentication login) {
    String name = Operators.key(login.getName());
    String password = String.valueOf(login.getCredentials());
    Attempt attempt =
        new Attempt(
            login.getDetails() instanceof WebAuthenticationDetails details
                ? Network.ofOne(String.valueOf(details.getRemoteAddress()))
                : "unknown",
            known.digest(name));
    try {
      throttle.admit(attempt);
      UserDetails user = operators.find(name);
      String hash = user == null ? operators.decoy(attempt.name()) : user.getPassword();
      String digest = known.digest(name, hash, password);
      boolean again = user != null && known.knows(digest);
      boolean right = again || isRight(attempt, digest, password, hash, user != null);
      if (user == null || !right) {
        throw new BadCredentialsException("That user and password do not fit");
      }
      count(again ? "known" : "checked");
      var in = UsernamePasswordAuthenticationToken.authenticated(user, null, user.getAuthorities());
      in.setDetails(login.getDetails());
      return in;
    } catch (NotNowException e) {
      count(e.refusal().label());
      throw e;
    } catch (BadCredentialsException e) {
      count("wrong");
      throw e;
    }
  }

  @Override
  public boolean supports(Class<?> authentication) {
    return UsernamePasswordAuthenticationToken.class.isAssignableFrom(authentication);
  }

  @Override
  public void close() {
    checks.shutdownNow();
  }

  private boolean isRight(
      Attempt attempt, String digest, String password, String hash, boolean real) {
    String key = attempt.network() + ' ' + digest;
    CompletableFuture<Boolean> checked = new CompletableFuture<>();
    // Forgotten before it is answered: whoever comes after the answer must not be given it.
    CompletableFuture<Boolean> mine = checked.whenComplete((right, e) -> running.remove(key));
    CompletableFuture<Boolean> other = running.putIfAbsent(key, mine);
    if (other == null) {
      start(
          attempt,
          checked,
          () -> {
            boolean right = encoder.matches(password, hash) && real;
            if (right) {
              known.remember(digest);
            }
            return right;
          });
    }
    try {
      return (other == null ? mine : other).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof NotNowException notNow
          ? notNow
          : new AuthenticationServiceException("Cannot check a password", e.getCause());
    } catch (TimeoutException e) {
      throw busy();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    }
  }

  private void start(Attempt attempt, CompletableFuture<Boolean> answer, BooleanSupplier check) {
    try {
      throttle.begin(attempt);
    } catch (NotNowException e) {
      answer.completeExceptionally(e);
      return;
    }
    try {
      checks.execute(
          () -> {
            try {
              boolean right = check.getAsBoolean();
              if (right) {
                throttle.succeeded(attempt);
              } else {
                throttle.failed(attempt);
              }
              answer.complete(right);
            } catch (RuntimeException e) {
              throttle.end(attempt);
              answer.completeExceptionally(e);
            } catch (Error e) {
              throttle.end(attempt);
              answer.completeExceptionally(e);
              throw e;
            }
          });
    } catch (RejectedExecutionException e) {
      throttle.end(attempt);
      answer.completeExceptionally(busy());
    }
  }

  private static NotNowException busy() {
    return new NotNowException(
        Refusal.LOGINS_BUSY, A_MOMENT, "Too many passwords are waiting; wait for " + A_MOMENT);
  }

  private void count(String outcome) {
    counter(outcome).increment();
  }

  private Counter counter(String outcome) {
    return Counter.builder(RouterMeter.LOGINS.id())
        .description(RouterMeter.LOGINS.description())
        .tag("outcome", outcome)
        .register(meters);
  }
}
