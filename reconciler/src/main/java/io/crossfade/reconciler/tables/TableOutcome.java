package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What came of comparing two tables.
 *
 * @param table for people
 * @param notices what is not alike in the tables themselves
 * @param rules what columns were compared by, other than by their types
 * @param onlyByRule values that are the same by the rule of their column alone, by its name
 * @param partial whether only some rows were asked for, by a condition or a window
 * @param leftRows that were read
 * @param same rows that are the same on both sides
 * @param late rows that became the same while they were looked at
 * @param young rows that differ and were written too lately to be judged
 * @param differences how many rows, by what is wrong
 */
public record TableOutcome(
    String table,
    List<String> notices,
    List<String> rules,
    Map<String, Long> onlyByRule,
    boolean partial,
    long leftRows,
    long rightRows,
    long same,
    long late,
    long young,
    Map<RowDifference.Sort, Long> differences,
    Proof proof,
    Duration took) {

  /** Name of the file of all differences. */
  static final String DIFFERENCES = "differences";

  /** Rows that differ, those that keep changing among them. */
  public long differing() {
    return differences.values().stream().mapToLong(Long::longValue).sum();
  }

  /** The answer. */
  public Verdict verdict() {
    long sure = differing() - differences.getOrDefault(RowDifference.Sort.KEEPS_CHANGING, 0L);
    if (sure > 0) {
      return Verdict.FAIL;
    }
    // Two empty tables are equal; of a window or a condition that no row is in, nothing is known.
    boolean empty = leftRows + rightRows == 0 && !partial;
    boolean proven = proof.isFull() && (proof.planted() > 0 || empty);
    return differing() == 0 && proven ? Verdict.PASS : Verdict.INCONCLUSIVE;
  }
}
