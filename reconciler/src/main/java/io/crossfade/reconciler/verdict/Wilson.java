package io.crossfade.reconciler.verdict;

/** Wilson's score interval for a share, one-sided 95 %: honest also when nothing failed yet. */
public final class Wilson {

  private static final double Z = 1.6448536269514722;

  private Wilson() {}

  /** The share of successes is at least this. */
  public static double lower(long successes, long trials) {
    return bound(successes, trials, -1);
  }

  /** The share of successes is at most this. */
  public static double upper(long successes, long trials) {
    return bound(successes, trials, 1);
  }

  private static double bound(long successes, long trials, int sign) {
    if (trials == 0) {
      return sign < 0 ? 0 : 1;
    }
    double n = trials;
    double share = successes / n;
    double z2 = Z * Z;
    double spread = Z * Math.sqrt(share * (1 - share) / n + z2 / (4 * n * n));
    return (share + z2 / (2 * n) + sign * spread) / (1 + z2 / n);
  }
}
