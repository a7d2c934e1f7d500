package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.diff.OutputDiff;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** The first look at a range: both sides are read and merged, and what is not alike is kept. */
final class ChunkLook implements OutputDiff.Sink<TableRow> {

  private static final int TELL_EVERY = 4_096;

  private final TablePair pair;
  private final RowPlants plants;
  private final DataOutputStream out;
  private final LongConsumer progress;
  private final Set<RowKey> named = new HashSet<>();
  private final RuleCounts rules;
  private long left;
  private long right;
  private long same;
  private int untold;

  /**
   * @param out where suspects are kept
   * @param progress is told how many rows more were read
   */
  ChunkLook(TablePair pair, RowPlants plants, DataOutputStream out, LongConsumer progress) {
    this.pair = pair;
    this.plants = plants;
    this.out = out;
    this.progress = progress;
    this.rules = new RuleCounts(pair);
  }

  @Override
  public void both(TableRow one, TableRow other) {
    left++;
    right++;
    if (pair.same(one, other)) {
      same++;
      rules.add(one, other);
    } else {
      suspect(one, other);
    }
    told(2);
  }

  @Override
  public void onlyLegacy(TableRow one) {
    left++;
    suspect(one, null);
    told(1);
  }

  @Override
  public void onlyStream(TableRow other) {
    right++;
    suspect(null, other);
    told(1);
  }

  private void suspect(@Nullable TableRow one, @Nullable TableRow other) {
    RowKey key = pair.keyOf(one != null ? one : java.util.Objects.requireNonNull(other));
    RowPlant plant = plants.of(key);
    if (plant != null && !named.add(key)) {
      return;
    }
    try {
      Suspect.of(key, one, other, plant).write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void told(int rows) {
    untold += rows;
    if (untold >= TELL_EVERY) {
      progress.accept(untold);
      untold = 0;
    }
  }

  /** What came of it, when all rows have been seen. */
  ChunkFigures figures(TableSide leftSide, TableSide rightSide) throws SQLException {
    progress.accept(untold);
    long missed = 0;
    for (RowKey key : plants.all().keySet()) {
      if (named.contains(key)) {
        continue;
      }
      TableRow one = leftSide.findInWindow(Set.of(key)).get(key);
      TableRow other = rightSide.findInWindow(Set.of(key)).get(key);
      // Somebody has written it meanwhile, and then it is no plant any more.
      missed += one != null && other != null && pair.same(one, other) ? 1 : 0;
    }
    long hiddenLeft = hidden(Side.LEFT);
    long hiddenRight = hidden(Side.RIGHT);
    Map<Integer, Long> onlyByRule = rules.counts();
    for (RowKey key : named) {
      onlyByRule = ChunkFigures.plus(onlyByRule, plants.onlyByRule(key));
    }
    return new ChunkFigures(
        left + hiddenLeft, right + hiddenRight, same + named.size(), missed, onlyByRule);
  }

  private long hidden(Side side) {
    return named.stream()
        .map(plants::of)
        .filter(plant -> plant != null && plant.isHidden() && plant.side() == side)
        .count();
  }
}
