package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.Comparison;
import io.crossfade.reconciler.ComparisonRequest;
import io.crossfade.reconciler.ComparisonResult;
import io.crossfade.reconciler.RunAtWorkException;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Tells a run that somebody works on from one that was killed: whoever is at work moves its claim
 * on every few seconds. What was killed is gone on with as soon as its claim has run out.
 */
final class TakeOver {

  private static final long LOOK_AGAIN_MS = 250;

  private TakeOver() {}

  /**
   * Compares.
   *
   * @throws RunAtWorkException when somebody else is seen to compare the same
   */
  static ComparisonResult run(Comparison comparison, ComparisonRequest request, LongConsumer begun)
      throws SQLException, InterruptedException {
    RunAtWorkException before = null;
    while (true) {
      try {
        return comparison.run(request, begun);
      } catch (RunAtWorkException e) {
        if (before != null && e.until().isAfter(before.until())) {
          throw e;
        }
        before = e;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MS);
    }
  }
}
