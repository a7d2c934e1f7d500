package io.crossfade.router.operator;

import io.crossfade.db.control.AuditLog;
import io.crossfade.db.control.AuditLog.Act;
import io.crossfade.db.control.AuditLog.Action;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.security.authentication.event.AuthenticationFailureBadCredentialsEvent;
import org.springframework.security.authentication.event.InteractiveAuthenticationSuccessEvent;
import org.springframework.security.authentication.event.LogoutSuccessEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.WebAuthenticationDetails;

/**
 * Keeps who came in, who left, and who could not. Beside the login: a person must come in while the
 * database is away. Calls of the API bring a password each and are told by what they do; only the
 * wrong ones are kept.
 */
final class LoginAudit {

  private static final Logger log = LoggerFactory.getLogger(LoginAudit.class);

  /** Of all strangers together; the log has who is made to wait. */
  static final int MOST_FAILURES = 100;

  private static final Duration AN_HOUR = Duration.ofHours(1);
  private static final int AT_ONCE = 8;

  private final AuditLog audit;
  private final Operators operators;
  private final InstantSource clock;
  private final Semaphore room = new Semaphore(AT_ONCE);
  private Instant hour = Instant.EPOCH;
  private int failures;

  LoginAudit(AuditLog audit, Operators operators, InstantSource clock) {
    this.audit = audit;
    this.operators = operators;
    this.clock = clock;
  }

  @EventListener
  void in(InteractiveAuthenticationSuccessEvent event) {
    keep(Action.LOGIN, event.getAuthentication(), event.getAuthentication().getName(), null);
  }

  @EventListener
  void out(LogoutSuccessEvent event) {
    keep(Action.LOGOUT, event.getAuthentication(), event.getAuthentication().getName(), null);
  }

  /** Without the name when nobody has it: some type their password there. */
  @EventListener
  void wrong(AuthenticationFailureBadCredentialsEvent event) {
    String name = Operators.key(event.getAuthentication().getName());
    int told = failed();
    if (told <= MOST_FAILURES) {
      keep(
          Action.LOGIN_FAILED,
          event.getAuthentication(),
          operators.find(name) == null ? "unknown" : name,
          told == MOST_FAILURES ? "no more are kept in this hour" : null);
    }
  }

  private synchronized int failed() {
    Instant now = clock.instant();
    if (!now.isBefore(hour.plus(AN_HOUR))) {
      hour = now;
      failures = 0;
    }
    return ++failures;
  }

  private void keep(Action action, Authentication login, String who, @Nullable String detail) {
    Act act =
        Act.of(who, action)
            .at(clock.instant())
            .on(
                login.getDetails() instanceof WebAuthenticationDetails details
                    ? "from " + details.getRemoteAddress()
                    : "from somewhere")
            .detail(detail);
    if (!room.tryAcquire()) {
      log.warn("{} of {} is not kept: others are waiting to be", action, who);
      return;
    }
    Thread.startVirtualThread(
        () -> {
          try {
            audit.keep(act);
          } catch (RuntimeException e) {
            log.warn("{} of {} is not kept: {}", action, who, e.getMessage());
          } finally {
            room.release();
          }
        });
  }
}
