package io.crossfade.reconciler;

import java.util.List;

/**
 * What comparing one table found. Rows count for the window; a partner outside it counts with them.
 *
 * @param matching ids that both outputs have with equal fields
 * @param differing ids that both outputs have with fields that differ
 * @param missingInStream ids that only the legacy output has
 * @param missingInLegacy ids that only the stream output has
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
    List<Difference> samples) {

  /** How many ids at least one output has. */
  public long compared() {
    return matching + differing + missingInStream + missingInLegacy;
  }
}
