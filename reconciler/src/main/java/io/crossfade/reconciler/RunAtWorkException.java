package io.crossfade.reconciler;

import java.time.Instant;

/** What was asked for is being compared by somebody else. */
public final class RunAtWorkException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient RunClaims.Holder holder;

  RunAtWorkException(RunClaims.Holder holder) {
    super(
        "run %d is at work (by %s, since %s)"
            .formatted(holder.run(), holder.worker(), holder.since()));
    this.holder = holder;
  }

  /** The run that is at work. */
  public long run() {
    return holder.run();
  }

  /**
   * When somebody else may take the run over, by the database's clock. Whoever is at work moves it
   * on every few seconds.
   */
  public Instant until() {
    return holder.until();
  }
}
