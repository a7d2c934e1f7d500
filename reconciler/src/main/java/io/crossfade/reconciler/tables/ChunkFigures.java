package io.crossfade.reconciler.tables;

import java.util.Map;
import java.util.TreeMap;

/**
 * What the first look at a range counted.
 *
 * @param left rows of the left table
 * @param same rows that were alike, those of plants among them
 * @param missed plants that were not named though the rows are alike
 * @param onlyByRule how many values of those rows are the same by a rule alone, by their column's
 *     place
 */
record ChunkFigures(long left, long right, long same, long missed, Map<Integer, Long> onlyByRule) {

  static final ChunkFigures NONE = new ChunkFigures(0, 0, 0, 0, Map.of());

  ChunkFigures plus(ChunkFigures more) {
    return new ChunkFigures(
        left + more.left,
        right + more.right,
        same + more.same,
        missed + more.missed,
        plus(onlyByRule, more.onlyByRule));
  }

  /** Both counts together. */
  static Map<Integer, Long> plus(Map<Integer, Long> some, Map<Integer, Long> more) {
    Map<Integer, Long> sum = new TreeMap<>(some);
    more.forEach((column, count) -> sum.merge(column, count, Long::sum));
    return sum;
  }
}
