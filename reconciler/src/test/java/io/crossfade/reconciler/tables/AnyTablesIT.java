package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random tables of all types with planted differences, against {@link PlainOracle}. {@code
 * -Dcrossfade.tables.seeds=500} tries more of them, {@code -Dcrossfade.tables.seed=…} one again.
 */
class AnyTablesIT {

  @TempDir private Path state;

  @Test
  void findsWhatIsThereAndNothingElse() throws Exception {
    TwoSchemas.forEachSeed(this::compare);
  }

  private void compare(TwoSchemas schemas, long seed) throws Exception {
    Random random = new Random(seed);
    RandomTable table = new RandomTable(random);
    boolean primary = random.nextInt(3) > 0;
    schemas.both("DROP TABLE IF EXISTS `t a``b`");
    String ddl = table.ddl(Side.LEFT, primary);
    TwoSchemas.on(schemas.left, ddl);
    TwoSchemas.on(schemas.right, table.ddl(Side.RIGHT, primary));
    List<String> left = new ArrayList<>();
    List<String> right = new ArrayList<>();
    for (int i = random.nextInt(90); i > 0; i--) {
      List<String> row = table.row();
      int fate = random.nextInt(12);
      if (fate != 0) {
        left.add(table.insert(row));
      }
      if (fate == 2 && row.size() > 1) {
        int column = random.nextInt(row.size());
        row.set(column, table.literal(table.columns.get(column)));
      }
      if (fate != 1) {
        right.add(table.insert(row));
      }
    }
    TwoSchemas.on(schemas.left, left.toArray(String[]::new));
    TwoSchemas.on(schemas.right, right.toArray(String[]::new));

    Map<RowDifference.Sort, Long> expected =
        PlainOracle.differences(table, schemas.left, schemas.right);

    PairSpec spec = RandomTable.pair(schemas.reader(Side.LEFT), schemas.reader(Side.RIGHT));
    DiffOptions options =
        new DiffOptions(
            state,
            1 + random.nextInt(3),
            1 + random.nextInt(40),
            Duration.ofMillis(1),
            TableThrottle.NONE);
    try (TableDiff diff = TableDiff.open(spec, options)) {
      TableOutcome outcome = diff.run();
      List<TableDiff.Told> told = new ArrayList<>();
      diff.forEachDifference(told::add);
      String world = "seed %d: %s; %s".formatted(seed, ddl, told);
      assertThat(new TreeMap<>(outcome.differences())).as(world).isEqualTo(expected);
      assertThat(outcome.late()).as(world).isZero();
      assertThat(outcome.proof().isBroken()).as(world + outcome.proof()).isFalse();
      assertThat(outcome.same() == 0 || outcome.proof().planted() > 0).as(world).isTrue();
      diff.forget();
    }
  }
}
