package io.crossfade.reconciler.verdict;

import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Why a comparison is no PASS. */
public enum Reason {
  /** Records that a path accepted and that neither output has. */
  IN_NO_OUTPUT(Verdict.FAIL, "records are in no output"),
  /** Urgent records that an output lacks, whether or not it is known why. */
  URGENT_MISSING(Verdict.FAIL, "urgent records are missing in an output"),
  /** Surely fewer rows agree than must. */
  DIFFERENCES(Verdict.FAIL, "too many rows differ without an explanation"),
  /** Of the rows that a repair was about. */
  STILL_DIFFER(Verdict.FAIL, "rows still differ after the repair"),
  /** What is explained is not agreed: behind too much of it there is nothing to be seen. */
  MUCH_EXPLAINED(Verdict.INCONCLUSIVE, "too large a share is explained rather than agreed"),
  /** Not every row that was planted was named, or some that was not. */
  NOT_PROVEN(
      Verdict.INCONCLUSIVE, "not proven: rows that differ may not have been named, see the proof"),
  NOT_SETTLED(Verdict.INCONCLUSIVE, "a path was behind what differs; compare again later"),
  NOTHING_COMPARED(Verdict.INCONCLUSIVE, "there was nothing to compare"),
  /** The target lies between the bounds. */
  FEW_ROWS(Verdict.INCONCLUSIVE, "too few rows to be sure");

  private final Verdict verdict;
  private final String english;

  Reason(Verdict verdict, String english) {
    this.verdict = verdict;
    this.english = english;
  }

  /** What it makes of a verdict at best. */
  public Verdict verdict() {
    return verdict;
  }

  /** In English. */
  public String words() {
    return english;
  }

  /** The worst that the reasons say; without any it is a PASS. */
  public static Verdict verdict(Collection<Reason> reasons) {
    return reasons.stream()
        .map(Reason::verdict)
        .max(Comparator.naturalOrder())
        .orElse(Verdict.PASS);
  }

  /** Of the reasons those that make the verdict: beside a FAIL nobody asks what is not known. */
  public static List<Reason> telling(Collection<Reason> reasons) {
    Verdict worst = verdict(reasons);
    Set<Reason> telling = EnumSet.noneOf(Reason.class);
    reasons.stream().filter(reason -> reason.verdict == worst).forEach(telling::add);
    return List.copyOf(telling);
  }
}
