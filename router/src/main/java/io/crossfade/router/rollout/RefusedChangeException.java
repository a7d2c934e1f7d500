package io.crossfade.router.rollout;

import java.util.Objects;

/** A change that was not made. */
public final class RefusedChangeException extends Exception {

  private static final long serialVersionUID = 1;

  private final Refusal refusal;

  RefusedChangeException(Refusal refusal, String detail) {
    super(detail);
    this.refusal = refusal;
  }

  public Refusal refusal() {
    return refusal;
  }

  /** What is wrong, with the actual value and what would be accepted. */
  public String detail() {
    return Objects.requireNonNull(getMessage());
  }
}
