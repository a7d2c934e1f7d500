package io.crossfade.reconciler.tables;

import io.crossfade.reconciler.diff.OutputDiff;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The plants of one range: rows of it, drawn by other statements than those that read it. */
final class RowPlants {

  private static final int MOST = 4;

  /** Where there are not as many rows, so many times fewer are tried. */
  private static final int FEWER = 4;

  /** Draws for one plant: others may be drawn already, or differ. */
  private static final int TRIES = 4;

  /** So many rows are looked at where the draws have met none that is alike. */
  private static final int FIRST = 64;

  private static final int BITS = 1 << 12;

  private final TablePair pair;
  private final Map<RowKey, RowPlant> byKey = new HashMap<>();
  private final Map<RowKey, RuleCounts> rules = new HashMap<>();
  private final boolean[] maybe = new boolean[BITS];

  RowPlants(TablePair pair) {
    this.pair = pair;
  }

  /** Draws rows that both sides have alike, from all of a range. */
  void draw(TableSide left, TableSide right, Ranges.Numbered of, Random random)
      throws SQLException {
    Range range = of.range();
    for (int n = 0; n < MOST; n++) {
      TableSide drawnFrom = n % 2 == 0 ? left : right;
      for (int tries = 0; byKey.size() <= n && tries < TRIES; tries++) {
        Range part = new Range(begin(of, random), range.upTo());
        RowKey key = null;
        for (int among = of.rowsOfStep(); key == null && among > 0; among /= FEWER) {
          key = drawnFrom.skip(part, random.nextInt(among)).orElse(null);
        }
        if (key == null) {
          // Nothing follows where it was cut.
          key = drawnFrom.skip(range, 0).orElse(null);
        }
        if (key == null) {
          return;
        }
        plant(key, n, left, right, random);
      }
    }
    // Few are alike, or there are few: the first that is will do.
    for (int skipped = 0; byKey.isEmpty() && skipped < FIRST; skipped++) {
      RowKey key = left.skip(range, skipped).orElse(null);
      if (key == null) {
        return;
      }
      plant(key, 0, left, right, random);
    }
  }

  /** One of the places that a range was cut at, or where it begins. */
  private static @Nullable RowKey begin(Ranges.Numbered of, Random random) {
    int step = random.nextInt(of.steps().size() + 1);
    return step == 0 ? of.range().after() : of.steps().get(step - 1);
  }

  private void plant(RowKey key, int n, TableSide left, TableSide right, Random random)
      throws SQLException {
    if (byKey.containsKey(key)) {
      return;
    }
    TableRow one = left.find(List.of(key)).get(key);
    TableRow other = right.find(List.of(key)).get(key);
    if (one != null && other != null && pair.same(one, other)) {
      add(key, new RowPlant(n < 2 ? Side.LEFT : Side.RIGHT, column(n, random)), one, other);
    }
  }

  private int column(int n, Random random) {
    int others = pair.columns().size() - pair.keyColumns();
    return others == 0 || n % 2 == 0 ? RowPlant.HIDDEN : pair.keyColumns() + random.nextInt(others);
  }

  void add(RowKey key, RowPlant plant, TableRow left, TableRow right) {
    byKey.put(key, plant);
    RuleCounts counts = new RuleCounts(pair);
    counts.add(left, right);
    rules.put(key, counts);
    maybe[bit(left)] = true;
    maybe[bit(right)] = true;
  }

  Map<RowKey, RowPlant> all() {
    return byKey;
  }

  @Nullable RowPlant of(RowKey key) {
    return byKey.get(key);
  }

  /** Of the rows as they are: how many values a rule alone makes the same. */
  Map<Integer, Long> onlyByRule(RowKey key) {
    RuleCounts counts = rules.get(key);
    return counts == null ? Map.of() : counts.counts();
  }

  /** The rows of one side as they are shown. */
  OutputDiff.Source<TableRow> over(Side side, OutputDiff.Source<TableRow> rows) {
    return () -> {
      while (true) {
        TableRow row = rows.next();
        if (row == null || !maybe[bit(row)]) {
          return row;
        }
        RowPlant plant = byKey.get(pair.keyOf(row));
        TableRow shown = plant == null ? row : plant.shown(pair, side, row);
        if (shown != null) {
          return shown;
        }
      }
    };
  }

  private int bit(TableRow row) {
    int hash = 1;
    for (int i = 0; i < pair.keyColumns(); i++) {
      hash = 31 * hash + Arrays.hashCode(row.key(i));
    }
    return (hash ^ (hash >>> 12)) & (BITS - 1);
  }
}
