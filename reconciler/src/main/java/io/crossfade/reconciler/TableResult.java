package io.crossfade.reconciler;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.crossfade.reconciler.diff.Difference;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import java.util.List;
import java.util.Map;

/**
 * What comparing one table found. Every difference is in the control schema; here are counts.
 *
 * @param matching ids that both outputs have with equal columns
 * @param late of those, how many agreed only at the second look
 * @param notMirrored rows that were meant for one output, since dual write was off; not compared
 * @param differences ids that do not agree, by class
 * @param explained of those, how many have an explanation, by explanation
 * @param columns of those whose fields differ, how often each column does
 * @param servedBy of those, how many the stream or the memory queue had served
 * @param urgentMissing urgent events that one output lacks without an explanation
 * @param urgentExplained urgent events that one output lacks, and it is known why
 * @param samples some of the differences, at most {@value Comparisons#SAMPLES}
 */
public record TableResult(
    String table,
    long matching,
    long late,
    long notMirrored,
    Map<DifferenceClass, Long> differences,
    Map<Explanation, Long> explained,
    Map<String, Long> columns,
    Map<String, Long> servedBy,
    long urgentMissing,
    long urgentExplained,
    @JsonIgnore List<Difference> samples) {

  /** Ids of one class of differences. */
  public long count(DifferenceClass kind) {
    return differences.getOrDefault(kind, 0L);
  }

  /** Ids that do not agree. */
  @JsonIgnore
  public long differing() {
    return sum(differences);
  }

  /** Of those, how many have an explanation. */
  @JsonIgnore
  public long allExplained() {
    return sum(explained);
  }

  /** Ids that do not agree, and nobody knows why. */
  @JsonIgnore
  public long unexplained() {
    return differing() - allExplained();
  }

  /** How many ids at least one output should have on both sides. */
  @JsonIgnore
  public long compared() {
    return matching + differing();
  }

  private static long sum(Map<?, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }
}
