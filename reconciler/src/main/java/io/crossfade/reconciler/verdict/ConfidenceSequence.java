package io.crossfade.reconciler.verdict;

/**
 * Bounds for a share that hold at every look at once: with a probability of 95 % no look, however
 * often somebody looks and whenever he stops, ever sees the lower bound above the true share; the
 * same for the upper bound. An interval for one look, as Wilson's, is wrong sooner or later when it
 * is judged every few seconds.
 *
 * <p>A share {@code p} is believed until the evidence against it reaches 20 = 1 / 0.05. Evidence is
 * the likelihood of what was seen under better (for the lower bound) or worse shares, mixed with
 * fixed weights, by the likelihood under {@code p}: a supermartingale that starts at 1, which by
 * Ville's inequality ever reaches 20 with a probability of 0.05 at most. Robbins, "Statistical
 * methods related to the law of the iterated logarithm", Ann. Math. Statist. 41 (1970); Howard,
 * Ramdas, McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences",
 * Ann. Statist. 49 (2021), with a mixture of points.
 *
 * <p>It assumes that each row agrees with a chance of at least the share whatever the rows before
 * did; rows need not be alike. Differences that come in bursts, a batch that was lost or a device
 * whose rows all differ, break that: they make FAIL come sooner and PASS later than the same number
 * of single ones spread evenly, and a sample that holds no burst yet says nothing of the bursts to
 * come.
 */
public final class ConfidenceSequence {

  /** ln(1 / 0.05). */
  private static final double ENOUGH = Math.log(20);

  /** Failing shares that speak for a better share, as parts of the one that is doubted. */
  private static final double[] BETTER = {
    0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99
  };

  /** That nothing ever fails, which is what is hoped for. The rest is for {@link #BETTER}. */
  private static final double NEVER_FAILS = 0.5;

  /** Failing shares that speak for a worse share, as multiples of the one that is doubted. */
  private static final double[] WORSE = {
    1.01, 1.02, 1.05, 1.1, 1.2, 1.3, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000
  };

  /** A double has no more. */
  private static final int HALVINGS = 60;

  private ConfidenceSequence() {}

  /** The share of successes is at least this. */
  public static double lower(long successes, long trials) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (isMore(successes, trials, middle)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The share of successes is at most this. */
  public static double upper(long successes, long trials) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (isLess(successes, trials, middle)) {
        high = middle;
      } else {
        low = middle;
      }
    }
    return high;
  }

  /** Whether the share is surely more than this. */
  static boolean isMore(long successes, long trials, double share) {
    long failures = trials - successes;
    double failing = 1 - share;
    double evidence =
        failures > 0
            ? Double.NEGATIVE_INFINITY
            : Math.log(NEVER_FAILS) - successes * Math.log(share);
    double weight = Math.log((1 - NEVER_FAILS) / BETTER.length);
    for (double part : BETTER) {
      evidence =
          plus(evidence, weight + likelihoodRatio(successes, failures, failing, part * failing));
    }
    return evidence >= ENOUGH;
  }

  /** Whether the share is surely less than this. */
  static boolean isLess(long successes, long trials, double share) {
    long failures = trials - successes;
    double failing = 1 - share;
    double weight = -Math.log(WORSE.length);
    double evidence = Double.NEGATIVE_INFINITY;
    for (double multiple : WORSE) {
      // Shares that there are not keep their weight to themselves: 20 is reached later.
      if (multiple * failing <= 1) {
        evidence =
            plus(
                evidence,
                weight + likelihoodRatio(successes, failures, failing, multiple * failing));
      }
    }
    return evidence >= ENOUGH;
  }

  /** How much likelier what was seen is under one failing share than under another, logarithm. */
  private static double likelihoodRatio(
      long successes, long failures, double failing, double otherFailing) {
    double ofFailures = failures == 0 ? 0 : failures * Math.log(otherFailing / failing);
    double ofSuccesses =
        successes == 0 ? 0 : successes * (Math.log1p(-otherFailing) - Math.log1p(-failing));
    return ofFailures + ofSuccesses;
  }

  /** ln(e^a + e^b). */
  private static double plus(double a, double b) {
    double more = Math.max(a, b);
    return more == Double.NEGATIVE_INFINITY
        ? more
        : more + Math.log1p(Math.exp(Math.min(a, b) - more));
  }
}
