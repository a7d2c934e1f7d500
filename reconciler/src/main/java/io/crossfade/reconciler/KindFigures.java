package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.ConfidenceSequence;
import io.crossfade.reconciler.verdict.Reason;
import java.util.Collection;
import java.util.EnumSet;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * One kind in one window, as it is kept for gates and pictures.
 *
 * @param differing rows whose fields differ, or cannot be read
 * @param repeated rows that an output has under two ids
 * @param late rows that agreed only at the second look; they are among the matching
 * @param notMirrored rows that were meant for one output; they are not compared
 * @param explained rows that do not agree, and it is known why
 * @param urgentMissing urgent events that one output lacks without an explanation
 * @param fallbacks records meant for the stream that the memory queue took
 * @param streamServed records that the stream served
 * @param urgentExplained urgent events that one output lacks, and it is known why
 * @param repaired rows that did not agree, and did when a repair was verified; in no other figure
 * @param lost records that a path accepted and never wrote
 * @param inNoOutput of those, how many neither output has
 * @param urgentCompared urgent events of a rolling run's window; 0 where nobody counted
 * @param legacyP95 accept-to-row, ms
 * @param streamP95 likewise
 * @param proof what became of the rows that were planted
 */
public record KindFigures(
    Kind kind,
    ComparisonWindow window,
    long matching,
    long differing,
    long missingInStream,
    long missingInLegacy,
    long repeated,
    long late,
    long notMirrored,
    long explained,
    long urgentMissing,
    long fallbacks,
    long streamServed,
    long urgentExplained,
    long repaired,
    long lost,
    long inNoOutput,
    long urgentCompared,
    OptionalDouble legacyP95,
    OptionalDouble streamP95,
    Proof proof) {

  /** What became of the rows that were planted, of several kinds. */
  public static Proof proofOf(Collection<KindFigures> kinds) {
    return kinds.stream().map(KindFigures::proof).reduce(Proof.NONE, Proof::plus);
  }

  /** Rows that agree. */
  public long good() {
    return matching + repaired;
  }

  /** Rows that at least one output has, of those that both should have. */
  public long compared() {
    return good() + differing + missingInStream + missingInLegacy + repeated;
  }

  /** Rows that do not agree, and nobody knows why. */
  public long unexplained() {
    return compared() - good() - explained;
  }

  /** Whether nothing that was compared could have been missed: there were plants, and all found. */
  public boolean isProven() {
    return compared() == 0 || (proof.planted() > 0 && proof.isFull());
  }

  /** Rows that were compared with a proof: only of these can it be said that they agree. */
  public long proven() {
    return isProven() ? compared() : 0;
  }

  /**
   * Why the outputs do not agree well enough; empty when they do. Without a proof they may fail and
   * never pass.
   *
   * @param target least share of rows that agree or are explained, percent; the bound that holds at
   *     every look counts
   * @param mostExplained greatest share of rows that are explained, percent
   */
  public Set<Reason> reasons(double target, double mostExplained) {
    Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    long compared = compared();
    long good = compared - unexplained();
    if (inNoOutput > 0) {
      reasons.add(Reason.IN_NO_OUTPUT);
    }
    if (urgentMissing + urgentExplained > 0) {
      reasons.add(Reason.URGENT_MISSING);
    }
    if (compared == 0) {
      reasons.add(Reason.NOTHING_COMPARED);
      return reasons;
    }
    if (!isProven()) {
      reasons.add(Reason.NOT_PROVEN);
    }
    if (100 * ConfidenceSequence.upper(good, compared) < target) {
      reasons.add(Reason.DIFFERENCES);
    } else if (100 * ConfidenceSequence.lower(good, compared) < target) {
      reasons.add(Reason.FEW_ROWS);
    }
    if (100.0 * explained > mostExplained * compared) {
      reasons.add(Reason.MUCH_EXPLAINED);
    }
    return reasons;
  }
}
