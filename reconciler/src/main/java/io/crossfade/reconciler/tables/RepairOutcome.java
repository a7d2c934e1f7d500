package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.verdict.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What came of making the rows of one side those of the other.
 *
 * @param target the side that was written
 * @param changed rows left alone, as they have changed since they were compared
 * @param kept rows that only the target has, and that nobody wanted deleted
 * @param computed rows whose columns that differ are all computed by the server
 * @param refused rows that the server has refused, or that a statement left alone
 * @param refusals why, of the first few
 * @param looked rows that were looked at once more, which are all that differed
 * @param differing how many of those still differ
 */
public record RepairOutcome(
    Side target,
    long inserted,
    long updated,
    long deleted,
    long changed,
    long kept,
    long computed,
    long refused,
    List<String> refusals,
    long looked,
    long differing) {

  /** The answer after it, of tables that were compared before. */
  public Verdict verdict(TableOutcome before) {
    if (looked == 0) {
      return before.verdict();
    }
    return differing > 0
        ? Verdict.FAIL
        : before.proof().isFull() ? Verdict.PASS : Verdict.INCONCLUSIVE;
  }

  /** For people. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(
        String.format(
            Locale.ROOT,
            "repaired %s: %,d inserted, %,d updated, %,d deleted",
            target.label(),
            inserted,
            updated,
            deleted));
    add(words, changed, "left alone: changed since they were compared");
    add(words, kept, "left alone: in " + target.label() + " only; --deletes deletes them");
    add(words, computed, "left alone: only columns differ that the server computes");
    add(words, refused, "not written:");
    refusals.forEach(one -> words.add("  " + one));
    words.add(String.format(Locale.ROOT, "looked again: %,d of %,d differ", differing, looked));
    return words;
  }

  private static void add(List<String> words, long rows, String what) {
    if (rows > 0) {
      words.add(String.format(Locale.ROOT, "%,d %s", rows, what));
    }
  }
}
