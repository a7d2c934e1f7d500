package io.crossfade.reconciler.verdict;

import java.util.Collection;

/** What a gate says; ordered from good to bad. */
public enum Verdict {
  PASS,
  /** Too little or too old evidence: never a pass. */
  INCONCLUSIVE,
  FAIL;

  /** One failure fails all; without any verdict there is no evidence. */
  public static Verdict worst(Collection<Verdict> verdicts) {
    return verdicts.stream().max(Enum::compareTo).orElse(INCONCLUSIVE);
  }
}
