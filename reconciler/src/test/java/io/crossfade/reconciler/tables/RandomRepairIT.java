package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random tables of all types with random differences, repaired in every way, against {@link
 * PlainOracle}; rows that somebody writes meanwhile stay as they were written. {@code
 * -Dcrossfade.tables.seeds=500} tries more of them, {@code -Dcrossfade.tables.seed=…} one again.
 */
class RandomRepairIT {

  @TempDir private Path state;

  @Test
  void makesOneSideWhatTheOtherIsAndTouchesNothingElse() throws Exception {
    TwoSchemas.forEachSeed(this::repair);
  }

  private void repair(TwoSchemas schemas, long seed) throws Exception {
    Random random = new Random(seed);
    RandomTable table = new RandomTable(random);
    fill(schemas, table, random);
    Side target = random.nextBoolean() ? Side.LEFT : Side.RIGHT;
    boolean deletes = random.nextInt(4) > 0;
    boolean printed = random.nextInt(3) == 0;
    boolean disturbed = random.nextInt(3) == 0;
    String world =
        "seed %d: %s; to %s, %s %s"
            .formatted(seed, table.ddl(Side.LEFT, true), target, deletes ? "deletes" : "", printed);
    PairSpec spec = RandomTable.pair(schemas.writer(Side.LEFT), schemas.writer(Side.RIGHT));
    Connection written = schemas.of(target);
    Connection kept = schemas.of(target.other());
    Map<List<Object>, List<Object>> before = PlainOracle.read(table, written);
    Map<List<Object>, List<Object>> source = PlainOracle.read(table, kept);
    try (TableDiff diff =
        TableDiff.open(
            spec,
            new DiffOptions(state, 1, 1 + random.nextInt(40), Duration.ZERO, TableThrottle.NONE))) {
      TableOutcome outcome = diff.run();
      TableRepairs repairs = new TableRepairs(List.of(diff), target, deletes);
      StringWriter sql = new StringWriter();
      if (printed) {
        repairs.print(new PrintWriter(sql));
        assertThat(PlainOracle.read(table, written)).as(world).isEqualTo(before);
      }
      if (disturbed) {
        disturb(table, written, random);
      }
      Map<List<Object>, List<Object>> meanwhile = PlainOracle.read(table, written);
      List<String> refused = new ArrayList<>();
      if (printed) {
        run(written, sql.toString(), refused);
        TwoSchemas.on(written, "SET SESSION sql_mode = ''");
      } else {
        RepairOutcome repaired = repairs.apply().getFirst();
        world += "; " + repaired;
        refused.addAll(repaired.refusals());
        long differ =
            PlainOracle.differences(table, schemas.left, schemas.right).values().stream()
                .mapToLong(Long::longValue)
                .sum();
        if (!disturbed) {
          assertThat(repaired.differing()).as(world).isEqualTo(differ);
          assertThat(repaired.looked()).as(world).isEqualTo(outcome.differing());
          assertThat(repaired.changed()).as(world).isZero();
          assertThat(repaired.differing())
              .as(world)
              .isEqualTo(repaired.refused() + repaired.kept());
        }
      }
      Map<List<Object>, List<Object>> after = PlainOracle.read(table, written);
      assertThat(PlainOracle.read(table, kept)).as(world).isEqualTo(source);
      Set<List<Object>> touched = changed(before, meanwhile);
      for (List<Object> key : touched) {
        assertThat(after.get(key)).as(world + ", touched " + key).isEqualTo(meanwhile.get(key));
      }
      assertThat(refused).as(world).allMatch(why -> isAnothersKey(table, disturbed, why));
      if (refused.isEmpty() && !table.hasTwoOrders()) {
        Map<List<Object>, List<Object>> expected = new HashMap<>(source);
        for (List<Object> key : meanwhile.keySet()) {
          if (!deletes && !source.containsKey(key)) {
            expected.put(key, Objects.requireNonNull(meanwhile.get(key)));
          }
        }
        touched.forEach(expected::remove);
        after.keySet().removeAll(touched);
        assertThat(after).as(world).isEqualTo(expected);
      }
      diff.forget();
    }
  }

  /** Only a key that another row has keeps a row from being written. */
  private static boolean isAnothersKey(RandomTable table, boolean disturbed, String why) {
    return (table.hasTextKey() || disturbed)
        && (why.contains("Duplicate entry") || why.contains("another row has its key"));
  }

  private static void fill(TwoSchemas schemas, RandomTable table, Random random) throws Exception {
    boolean primary = random.nextInt(3) > 0;
    schemas.both("DROP TABLE IF EXISTS `t a``b`");
    TwoSchemas.on(schemas.left, table.ddl(Side.LEFT, primary));
    TwoSchemas.on(schemas.right, table.ddl(Side.RIGHT, primary));
    List<String> left = new ArrayList<>();
    List<String> right = new ArrayList<>();
    for (int i = random.nextInt(60); i > 0; i--) {
      List<String> row = table.row();
      int fate = random.nextInt(5);
      if (fate != 0) {
        left.add(table.insert(row));
      }
      for (int j = 0; fate == 2 && j < row.size(); j++) {
        if (!table.columns.get(j).inKey() && random.nextInt(3) == 0) {
          row.set(j, table.literal(table.columns.get(j)));
        }
      }
      if (fate != 1) {
        right.add(table.insert(row));
      }
    }
    TwoSchemas.on(schemas.left, left.toArray(String[]::new));
    TwoSchemas.on(schemas.right, right.toArray(String[]::new));
  }

  /** Somebody writes some rows, deletes some, and adds some. */
  private static void disturb(RandomTable table, Connection connection, Random random)
      throws Exception {
    List<String> statements = new ArrayList<>();
    for (RandomTable.Column column : table.columns) {
      String name = Sql.name(column.name());
      if (!column.inKey()) {
        statements.add(
            "UPDATE IGNORE `t a``b` SET %s = %s ORDER BY %s LIMIT %d"
                .formatted(name, table.literal(column), name, random.nextInt(4)));
      } else {
        statements.add(
            "DELETE FROM `t a``b` ORDER BY %s LIMIT %d".formatted(name, random.nextInt(3)));
      }
    }
    for (int i = 0; i < 4; i++) {
      statements.add(table.insert(table.row()));
    }
    TwoSchemas.on(connection, statements.toArray(String[]::new));
  }

  private static Set<List<Object>> changed(
      Map<List<Object>, List<Object>> before, Map<List<Object>, List<Object>> after) {
    Set<List<Object>> keys = new HashSet<>(before.keySet());
    keys.addAll(after.keySet());
    keys.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
    return keys;
  }

  /** As {@code mysql --force} does. */
  private static void run(Connection connection, String script, List<String> refused)
      throws SQLException {
    for (String one : script.split(";\n")) {
      String sql = one.replaceAll("(?m)^--.*$", "").strip();
      try (Statement statement = connection.createStatement()) {
        statement.setEscapeProcessing(false);
        if (!sql.isEmpty()) {
          statement.execute(sql);
        }
      } catch (SQLException e) {
        refused.add(String.valueOf(e.getMessage()));
      }
    }
  }
}
