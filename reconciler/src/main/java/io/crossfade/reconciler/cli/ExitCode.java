package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.verdict.Verdict;

/** What a command tells a shell. */
final class ExitCode {

  static final int PASS = 0;
  static final int FAIL = 1;
  static final int INCONCLUSIVE = 2;
  static final int ERROR = 3;
  static final int AT_WORK = 4;

  /** A router refused what it was asked for. */
  static final int REFUSED = 6;

  private ExitCode() {}

  static int of(Verdict verdict) {
    return switch (verdict) {
      case PASS -> PASS;
      case FAIL -> FAIL;
      case INCONCLUSIVE -> INCONCLUSIVE;
    };
  }
}
