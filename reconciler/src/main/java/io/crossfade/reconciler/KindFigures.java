package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.reconciler.verdict.Wilson;
import java.util.OptionalDouble;

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
    OptionalDouble legacyP95,
    OptionalDouble streamP95,
    Proof proof) {

  /** Rows that at least one output has, of those that both should have. */
  public long compared() {
    return matching + differing + missingInStream + missingInLegacy + repeated;
  }

  /** Rows that do not agree, and nobody knows why. */
  public long unexplained() {
    return compared() - matching - explained;
  }

  /** Whether nothing that was compared could have been missed: there were plants, and all found. */
  public boolean isProven() {
    return compared() == 0 || (proof.planted() > 0 && proof.isFull());
  }

  /** Rows that may be told of: without a proof, those that are wrong alone. */
  public long evident() {
    return isProven() ? compared() : unexplained();
  }

  /**
   * Whether the outputs agree well enough. Without a proof they may fail and never pass.
   *
   * @param percent least share of rows that agree or are explained; the lower bound of a one-sided
   *     95 % Wilson interval counts
   */
  public Verdict verdict(double percent) {
    if (urgentMissing > 0) {
      return Verdict.FAIL;
    }
    long good = compared() - unexplained();
    if (100 * Wilson.upper(good, compared()) < percent) {
      return Verdict.FAIL;
    }
    return 100 * Wilson.lower(good, compared()) >= percent && isProven()
        ? Verdict.PASS
        : Verdict.INCONCLUSIVE;
  }
}
