package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plants stand anywhere in what is read, so that a fault at its end is seen as one at its start.
 */
class RowPlantsIT {

  private static final int ROWS = 20_000;

  @TempDir private Path state;

  @Test
  void plantsAreDrawnFromAllOfARange() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      schemas.both(
          "CREATE TABLE t (id INT PRIMARY KEY, n INT)",
          "INSERT INTO t (id) VALUES (0)",
          "INSERT INTO t (id) SELECT d.v + 10 * c.v + 100 * b.v + 1000 * a.v + 1 FROM %s, %s, %s, %s"
              .formatted(digits("a", 20), digits("b", 10), digits("c", 10), digits("d", 10)),
          "DELETE FROM t WHERE id = 0",
          "ANALYZE TABLE t");
      PairSpec spec = TwoSchemas.pair(schemas, "t");
      DiffOptions options =
          new DiffOptions(state, 1, ROWS, Duration.ofMillis(1), TableThrottle.NONE);
      try (TableDiff diff = TableDiff.open(spec, options);
          TableSide left = diff.side(Side.LEFT, diff.pair());
          TableSide right = diff.side(Side.RIGHT, diff.pair())) {
        TreeSet<Integer> cut = new TreeSet<>();
        TreeSet<Integer> whole = new TreeSet<>();
        for (int seed = 0; seed < 40; seed++) {
          Random random = new Random(seed);
          diff.state().beginAnew();
          Ranges ranges = new Ranges(diff.state(), left, ROWS);
          cut.addAll(drawn(diff, left, right, Objects.requireNonNull(ranges.claim()), random));
          whole.addAll(drawn(diff, left, right, Ranges.whole(left, ROWS), random));
        }
        for (TreeSet<Integer> drawn : List.of(cut, whole)) {
          // In each tenth of it.
          for (int from = 0; from < ROWS; from += ROWS / 10) {
            assertThat(drawn.subSet(from, from + ROWS / 10)).as("from %d", from).isNotEmpty();
          }
        }
      }
    }
  }

  private static String digits(String name, int count) {
    StringBuilder digits = new StringBuilder("(SELECT 0 AS v");
    for (int i = 1; i < count; i++) {
      digits.append(" UNION SELECT ").append(i);
    }
    return digits + ") " + name;
  }

  private static Set<Integer> drawn(
      TableDiff diff, TableSide left, TableSide right, Ranges.Numbered range, Random random)
      throws Exception {
    RowPlants plants = new RowPlants(diff.pair());
    plants.draw(left, right, range, random);
    Set<Integer> ids = new TreeSet<>();
    plants
        .all()
        .keySet()
        .forEach(key -> ids.add(Integer.valueOf(new String(key.part(0), StandardCharsets.UTF_8))));
    assertThat(ids).isNotEmpty();
    return ids;
  }
}
