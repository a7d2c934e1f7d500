package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What stands in the way of a repair: foreign keys, other unique keys, columns that servers write.
 */
class TableRepairsIT {

  @TempDir private Path state;
  private TwoSchemas schemas;

  @BeforeEach
  void open() throws SQLException {
    schemas = new TwoSchemas(true);
  }

  @AfterEach
  void close() throws SQLException {
    schemas.close();
  }

  @Test
  void writesParentsFirstAndDeletesChildrenFirst() throws Exception {
    schemas.both(
        "CREATE TABLE z_parent (id INT PRIMARY KEY)",
        "CREATE TABLE a_child (id INT PRIMARY KEY, parent INT NOT NULL,"
            + " FOREIGN KEY (parent) REFERENCES z_parent (id))");
    TwoSchemas.on(
        schemas.left,
        "INSERT INTO z_parent VALUES (1), (2)",
        "INSERT INTO a_child VALUES (1, 1), (2, 2)");
    TwoSchemas.on(
        schemas.right, "INSERT INTO z_parent VALUES (1), (3)", "INSERT INTO a_child VALUES (3, 3)");
    List<RepairOutcome> outcomes = repair(Side.RIGHT, true, "a_child", "z_parent");
    assertThat(outcomes).allMatch(one -> one.differing() == 0 && one.refused() == 0);
    assertThat(rows("SELECT id, parent FROM a_child ORDER BY id")).containsExactly("1 1", "2 2");
    assertThat(rows("SELECT id FROM z_parent ORDER BY id")).containsExactly("1", "2");
  }

  @Test
  void writesATreeWhoseChildrenComeBeforeTheirParents() throws Exception {
    schemas.both(
        "CREATE TABLE tree (id INT PRIMARY KEY, parent INT,"
            + " FOREIGN KEY (parent) REFERENCES tree (id) ON DELETE CASCADE)");
    TwoSchemas.on(
        schemas.left,
        "INSERT INTO tree VALUES (9, NULL)",
        "INSERT INTO tree VALUES (8, 9)",
        "INSERT INTO tree VALUES (1, 8)");
    TwoSchemas.on(
        schemas.right, "INSERT INTO tree VALUES (5, NULL)", "INSERT INTO tree VALUES (6, 5)");
    RepairOutcome outcome = repair(Side.RIGHT, true, "tree").getFirst();
    assertThat(outcome.differing()).as(outcome.toString()).isZero();
    assertThat(outcome.inserted()).isEqualTo(3);
    assertThat(outcome.deleted()).isEqualTo(2);
  }

  @Test
  void leavesARowAloneWithWhichTheServerWouldDeleteOthers() throws Exception {
    schemas.both(
        "CREATE TABLE parent (id INT PRIMARY KEY, code VARCHAR(9) NOT NULL, UNIQUE KEY (code))",
        "CREATE TABLE child (id INT PRIMARY KEY, parent INT, code VARCHAR(9),"
            + " FOREIGN KEY (parent) REFERENCES parent (id) ON DELETE CASCADE,"
            + " FOREIGN KEY (code) REFERENCES parent (code) ON UPDATE CASCADE)");
    TwoSchemas.on(schemas.left, "INSERT INTO parent VALUES (2, 'left')");
    TwoSchemas.on(
        schemas.right,
        "INSERT INTO parent VALUES (1, 'one'), (2, 'right'), (3, 'three')",
        "INSERT INTO child VALUES (1, 1, NULL), (2, NULL, 'right')");
    RepairOutcome outcome = repair(Side.RIGHT, true, "parent").getFirst();
    assertThat(outcome.refused()).as(outcome.toString()).isEqualTo(2);
    assertThat(outcome.deleted()).isEqualTo(1);
    assertThat(outcome.differing()).isEqualTo(2);
    assertThat(rows("SELECT id, code FROM parent ORDER BY id")).containsExactly("1 one", "2 right");
    assertThat(rows("SELECT id, code FROM child ORDER BY id")).containsExactly("1 null", "2 right");
  }

  @Test
  void movesUniqueValuesInAChainAndReportsARing() throws Exception {
    schemas.both("CREATE TABLE t (id INT PRIMARY KEY, u INT, UNIQUE KEY (u))");
    TwoSchemas.on(schemas.left, "INSERT INTO t VALUES (1, 2), (2, 3), (3, 4), (10, 21), (11, 20)");
    TwoSchemas.on(schemas.right, "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (10, 20), (11, 21)");
    RepairOutcome outcome = repair(Side.RIGHT, false, "t").getFirst();
    assertThat(outcome.updated()).as(outcome.toString()).isEqualTo(3);
    assertThat(outcome.refused()).isEqualTo(2);
    assertThat(outcome.refusals()).allMatch(why -> why.contains("Duplicate entry"));
    assertThat(outcome.differing()).isEqualTo(2);
    assertThat(rows("SELECT id, u FROM t ORDER BY id"))
        .containsExactly("1 2", "2 3", "3 4", "10 20", "11 21");
  }

  @Test
  void writesNoColumnThatTheServerComputesAndStampsNothing() throws Exception {
    schemas.both(
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, twice INT AS (a * 2) STORED, thrice INT AS (a *"
            + " 3) VIRTUAL, seen TIMESTAMP NOT NULL DEFAULT '2001-01-01 00:00:00' ON UPDATE"
            + " CURRENT_TIMESTAMP, mine VARCHAR(9))");
    TwoSchemas.on(
        schemas.left,
        "INSERT INTO t (id, a, seen, mine) VALUES (1, 5, '2020-05-05 05:05:05', 'l'),"
            + " (2, 6, '2020-06-06 06:06:06', 'l')");
    TwoSchemas.on(
        schemas.right,
        "INSERT INTO t (id, a, seen, mine) VALUES (1, 4, '2020-05-05 05:05:05', 'r')");
    PairRules rules = new PairRules(List.of("mine"), Map.of(), Map.of());
    RepairOutcome outcome = repair(Side.RIGHT, false, rules, "t").getFirst();
    assertThat(outcome.differing()).as(outcome.toString()).isZero();
    assertThat(rows("SELECT id, a, twice, thrice, seen, mine FROM t ORDER BY id"))
        .containsExactly("1 5 10 15 2020-05-05 05:05:05 r", "2 6 12 18 2020-06-06 06:06:06 l");
  }

  @Test
  void tellsOfARowInWhichOnlyAComputedColumnDiffers() throws Exception {
    TwoSchemas.on(
        schemas.left,
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT)",
        "INSERT INTO t VALUES (1, 5, 5)");
    TwoSchemas.on(
        schemas.right,
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT AS (a * 2) STORED)",
        "INSERT INTO t (id, a) VALUES (1, 5)");
    RepairOutcome outcome = repair(Side.RIGHT, false, "t").getFirst();
    assertThat(outcome.computed()).as(outcome.toString()).isEqualTo(1);
    assertThat(outcome.differing()).isEqualTo(1);
  }

  @Test
  void writesWhatAColumnOfAnotherTypeHolds() throws Exception {
    TwoSchemas.on(
        schemas.left,
        "CREATE TABLE t (id INT PRIMARY KEY, at DATETIME, bits BIT(9), s SET('a','b'), d DATE,"
            + " e ENUM('x','y'), n INT)",
        "INSERT INTO t VALUES (1, '2020-07-01 12:00:00', 300, 'a,b', '2020-01-02', 'y', 7),"
            + " (2, '2020-01-01 12:00:00', 1, '', '0000-00-00', NULL, NULL)");
    TwoSchemas.on(
        schemas.right,
        "CREATE TABLE t (id BIGINT PRIMARY KEY, at DATETIME(3), bits INT, s TEXT, d DATETIME,"
            + " e VARCHAR(9), n DECIMAL(9,2))",
        "INSERT INTO t (id) VALUES (1)");
    PairRules rules =
        new PairRules(
            List.of(),
            Map.of(),
            Map.of("at", new ColumnRule.TimeZone(ZoneId.of("Europe/Berlin"), ZoneId.of("UTC"))));
    RepairOutcome outcome = repair(Side.RIGHT, false, rules, "t").getFirst();
    assertThat(outcome.differing()).as(outcome.toString()).isZero();
    assertThat(
            rows("SELECT id, CAST(at AS CHAR), bits, s, CAST(d AS CHAR), e, n FROM t ORDER BY id"))
        .containsExactly(
            "1 2020-07-01 10:00:00.000 300 a,b 2020-01-02 00:00:00 y 7.00",
            "2 2020-01-01 11:00:00.000 1  0000-00-00 00:00:00 null null");
  }

  @Test
  void refusesWhatTheTargetCannotHold() throws Exception {
    TwoSchemas.on(
        schemas.left,
        "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(20), e VARCHAR(9))",
        "INSERT INTO t VALUES (1, 'much too long', 'x'), (2, 'ok', 'none'), (3, 'ok', 'x')");
    TwoSchemas.on(schemas.right, "CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(5), e ENUM('x'))");
    RepairOutcome outcome = repair(Side.RIGHT, false, "t").getFirst();
    assertThat(outcome.refused()).as(outcome.toString()).isEqualTo(2);
    assertThat(outcome.differing()).isEqualTo(2);
    assertThat(rows("SELECT id, a, e FROM t")).containsExactly("3 ok x");
  }

  /** From the last row on, while the repair comes from the first: they meet somewhere. */
  @Test
  void leavesRowsAloneThatSomebodyWritesAtTheSameTime() throws Exception {
    int rows = 3_000;
    schemas.both("CREATE TABLE t (id INT PRIMARY KEY, a CHAR(1))");
    List<String> values = new ArrayList<>();
    for (int id = 1; id <= rows; id++) {
      values.add("(" + id + ", '%1$s')");
    }
    String all = "INSERT INTO t VALUES " + String.join(", ", values);
    TwoSchemas.on(schemas.left, all.replace("%1$s", "l"));
    TwoSchemas.on(schemas.right, all.replace("%1$s", "r"));
    try (TableDiff diff = TableDiff.open(spec(PairRules.NONE, "t"), options(1_000));
        ExecutorService threads = Executors.newSingleThreadExecutor()) {
      diff.run();
      AtomicBoolean over = new AtomicBoolean();
      Future<Integer> lowest =
          threads.submit(
              () -> {
                int id = rows;
                for (; id > 1 && !over.get(); id--) {
                  TwoSchemas.on(schemas.right, "UPDATE t SET a = 'w' WHERE id = " + id);
                }
                return id;
              });
      RepairOutcome outcome;
      try {
        outcome = new TableRepairs(List.of(diff), Side.RIGHT, false).apply().getFirst();
      } finally {
        over.set(true);
      }
      int written = rows - lowest.get();
      assertThat(rows("SELECT COUNT(*) FROM t WHERE a = 'w' AND id > " + lowest.get()))
          .as(outcome.toString())
          .containsExactly("" + written);
      assertThat(rows("SELECT COUNT(*) FROM t WHERE a = 'l'")).containsExactly("" + lowest.get());
      assertThat(outcome.refused() + outcome.changed()).isBetween(0L, (long) written);
    }
  }

  @Test
  void writesRowsThatAreLongerThanAStatementShouldBe() throws Exception {
    schemas.both("CREATE TABLE t (id INT PRIMARY KEY, b LONGBLOB, c LONGTEXT)");
    TwoSchemas.on(
        schemas.left,
        "INSERT INTO t VALUES (1, REPEAT(X'00275C', 400000), REPEAT('é''', 300000)),"
            + " (2, REPEAT(X'FF', 1000), REPEAT('b', 70000))");
    TwoSchemas.on(
        schemas.right, "INSERT INTO t VALUES (2, REPEAT(X'FF', 1001), REPEAT('c', 70000))");
    RepairOutcome outcome = repair(Side.RIGHT, false, "t").getFirst();
    assertThat(outcome.differing()).as(outcome.toString()).isZero();
    assertThat(outcome.inserted() + outcome.updated()).isEqualTo(2);
    String sums = "SELECT id, MD5(b), MD5(CONVERT(c USING utf8mb4)) FROM t ORDER BY id";
    assertThat(rows(sums)).isEqualTo(rows(schemas.left, sums));
  }

  private List<RepairOutcome> repair(Side target, boolean deletes, String... tables)
      throws Exception {
    return repair(target, deletes, PairRules.NONE, tables);
  }

  private List<RepairOutcome> repair(
      Side target, boolean deletes, PairRules rules, String... tables) throws Exception {
    List<TableDiff> diffs = new ArrayList<>();
    try {
      for (String table : tables) {
        TableDiff diff = TableDiff.open(spec(rules, table), options(10));
        diffs.add(diff);
        diff.run();
      }
      return new TableRepairs(diffs, target, deletes).apply();
    } finally {
      for (TableDiff diff : diffs) {
        diff.close();
      }
    }
  }

  private PairSpec spec(PairRules rules, String table) throws SQLException {
    return new PairSpec(
        schemas.writer(Side.LEFT),
        schemas.writer(Side.RIGHT),
        table,
        table,
        null,
        null,
        rules,
        null);
  }

  private DiffOptions options(int rowsOfRange) {
    return new DiffOptions(state, 1, rowsOfRange, Duration.ZERO, TableThrottle.NONE);
  }

  private List<String> rows(String sql) throws SQLException {
    return rows(schemas.right, sql);
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          values.add(String.valueOf(row.getString(i)));
        }
        rows.add(String.join(" ", values));
      }
    }
    return rows;
  }
}
