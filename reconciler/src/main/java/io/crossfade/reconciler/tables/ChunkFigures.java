package io.crossfade.reconciler.tables;

/**
 * What the first look at a range counted.
 *
 * @param left rows of the left table
 * @param same rows that were alike, those of plants among them
 * @param missed plants that were not named though the rows are alike
 */
record ChunkFigures(long left, long right, long same, long missed) {

  static final ChunkFigures NONE = new ChunkFigures(0, 0, 0, 0);

  ChunkFigures plus(ChunkFigures more) {
    return new ChunkFigures(
        left + more.left, right + more.right, same + more.same, missed + more.missed);
  }
}
