package io.crossfade.reconciler.tables;

import java.util.Map;
import java.util.TreeMap;

/** Counts, by column, the values of rows that are the same which a rule alone makes so. */
final class RuleCounts {

  private final TablePair pair;
  private final int[] ruled;
  private final long[] counts;

  RuleCounts(TablePair pair) {
    this.pair = pair;
    this.ruled = pair.ruled().stream().mapToInt(Integer::intValue).toArray();
    this.counts = new long[ruled.length];
  }

  /** Two rows that are the same. */
  void add(TableRow one, TableRow other) {
    for (int i = 0; i < ruled.length; i++) {
      int column = ruled[i];
      if (pair.columns().get(column).onlyByRule(one.value(column), other.value(column))) {
        counts[i]++;
      }
    }
  }

  /** By the place of the column; those without any are left out. */
  Map<Integer, Long> counts() {
    Map<Integer, Long> all = new TreeMap<>();
    for (int i = 0; i < ruled.length; i++) {
      if (counts[i] > 0) {
        all.put(ruled[i], counts[i]);
      }
    }
    return all;
  }
}
