package io.crossfade.reconciler.report;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.verdict.Verdict;
import java.util.List;

/**
 * Whether a kind may go on, with the evidence.
 *
 * @param stage where it is, in words
 * @param next what would come next, in words; empty when nothing does
 * @param verdict of all checks together
 */
public record Advice(Kind kind, String stage, String next, Verdict verdict, List<Check> checks) {

  /** One thing that must be so, and the figures beside their limit. */
  public record Check(String name, Verdict verdict, String figures) {}

  /** Whoever decides about stages. */
  @FunctionalInterface
  public interface Advisor {

    /** Knows of no stages. */
    Advisor NONE = List::of;

    /** Advice for every kind, as of now. */
    List<Advice> advise();
  }
}
