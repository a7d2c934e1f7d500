package io.crossfade.reconciler;

import java.util.List;

/**
 * What comparing one table found. Rows count for the window; a partner outside it counts with them.
 *
 * @param matching ids that both outputs have with equal fields
 * @param differing ids that both outputs have with fields that differ
 * @param missingInStream ids that only the legacy output has
 * @param missingInLegacy ids that only the stream output has
 * @param explained of those that differ or are missing, how many have an explanation
 * @param urgentMissing urgent events that one output lacks without an explanation
 * @param samples some of the differences, at most {@value TableComparison#SAMPLES}
 */
public record TableResult(
    String table,
    long legacyRows,
    long streamRows,
    long matching,
    long differing,
    long missingInStream,
    long missingInLegacy,
    long explained,
    long urgentMissing,
    List<Difference> samples) {

  /** Rows that differ or are missing, and nobody knows why. */
  public long unexplained() {
    return differing + missingInStream + missingInLegacy - explained;
  }

  /** How many ids at least one output has. */
  public long compared() {
    return matching + differing + missingInStream + missingInLegacy;
  }
}
