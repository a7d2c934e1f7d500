package io.crossfade.router.operator;

import java.time.Duration;
import org.springframework.security.core.AuthenticationException;

/** Nobody has looked at the password: too many were wrong, or too many are waiting. */
final class NotNowException extends AuthenticationException {

  private static final long serialVersionUID = 1;

  private final Refusal refusal;
  private final Duration wait;

  NotNowException(Refusal refusal, Duration wait, String message) {
    super(message);
    this.refusal = refusal;
    this.wait = wait;
  }

  Refusal refusal() {
    return refusal;
  }

  /** When it may be tried again. */
  Duration waiting() {
    return wait;
  }
}
