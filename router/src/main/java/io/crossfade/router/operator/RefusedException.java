package io.crossfade.router.operator;

import java.util.Objects;

/** What the operator API does not do, or does not have. */
public final class RefusedException extends Exception {

  private static final long serialVersionUID = 1;

  private final Refusal refusal;

  public RefusedException(Refusal refusal, String detail) {
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
