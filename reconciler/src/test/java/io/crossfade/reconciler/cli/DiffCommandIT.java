package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code reconciler diff} as a person calls it. */
class DiffCommandIT {

  private static final DbSettings SCHEMAS = TestDatabase.newSchemas();

  @TempDir private Path state;

  @BeforeEach
  void emptySchemas() throws SQLException {
    for (DbSettings.Schema schema : List.of(SCHEMAS.legacy(), SCHEMAS.stream())) {
      String name = TestDatabase.nameOf(schema);
      TestDatabase.execute(
          "DROP DATABASE " + name, "CREATE DATABASE " + name + " CHARACTER SET utf8mb4");
    }
  }

  @Test
  void saysOfEqualTablesThatTheyAre() throws SQLException {
    both(
        "CREATE TABLE orders (id INT PRIMARY KEY, total DECIMAL(10,2), note VARCHAR(20))",
        "INSERT INTO orders VALUES (1, 2.50, 'a'), (2, NULL, NULL), (3, 0, ''), (4, 1, 'b')");
    Cli.Said said = diff("--table", "orders");
    assertThat(said.code()).as(said.toString()).isZero();
    assertThat(said.out()).contains("PASS  orders: the same (4 rows left, 4 right, 4 the same");
    assertThat(said.out()).containsPattern("proof: ([1-4]) of \\1 planted found, 0 invented");
  }

  @Test
  void namesEveryDifferenceInEveryFormat() throws Exception {
    both("CREATE TABLE orders (id INT PRIMARY KEY, total DECIMAL(10,2), note VARCHAR(20))");
    left("INSERT INTO orders VALUES (1, 2.50, 'a'), (2, 3, '<b>'), (3, 0, '=1+1'), (5, 5, 'x')");
    right("INSERT INTO orders VALUES (1, 2.50, 'a'), (2, 3, NULL), (3, 1, '=1+2'), (4, 4, 'x')");

    Cli.Said text = diff("--table", "orders");
    assertThat(text.code()).as(text.toString()).isEqualTo(ExitCode.FAIL);
    assertThat(text.out())
        .contains("FAIL  orders: not the same", "1 in left only", "1 in right only")
        .contains("id=2: not the same; note <b> | NULL")
        .contains("id=5: in left only", "id=4: in right only");

    Cli.Said json = diff("--table", "orders", "--format", "json");
    JsonNode root = new ObjectMapper().readTree(json.out());
    assertThat(root.at("/verdict").asText()).isEqualTo("FAIL");
    assertThat(root.at("/tables/0/differences")).hasSize(4);
    assertThat(root.at("/tables/0/differing/DIFFERS").asInt()).isEqualTo(2);

    Cli.Said csv = diff("--table", "orders", "--format", "csv");
    assertThat(csv.out().lines())
        .contains("orders,id=2,DIFFERS,note,<b>,NULL", "orders,id=5,ONLY_LEFT,,,")
        .contains("orders,id=3,DIFFERS,note,\"'=1+1\",\"'=1+2\"")
        .hasSize(6);

    Cli.Said html = diff("--table", "orders", "--format", "html");
    assertThat(html.out()).contains("id=4", "&lt;b&gt;", "FAIL").doesNotContain("<b>");
  }

  @Test
  void namesWhatIsNotAlikeInTheTablesBeforeARowIsRead() throws SQLException {
    left("CREATE TABLE t (id INT PRIMARY KEY, a INT, b POINT, only_here INT)");
    right("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9), b INT, c INT)");
    Cli.Said said = diff("--table", "t");
    assertThat(said.code()).isEqualTo(ExitCode.ERROR);
    assertThat(said.err())
        .contains("column only_here (int) is in left only")
        .contains("column c (int) is in right only")
        .contains("column b is point in left and int in right, which are never equal");
  }

  @Test
  void ignoresColumnsAndRowsThatNobodyWants() throws SQLException {
    left("CREATE TABLE t (id INT PRIMARY KEY, a INT, extra INT)", "INSERT INTO t VALUES (1, 2, 3)");
    right("CREATE TABLE t (id INT PRIMARY KEY, a INT)", "INSERT INTO t VALUES (1, 2), (7, 1)");
    Cli.Said said = diff("--table", "t", "--ignore", "extra", "--where", "id < 5");
    assertThat(said.code()).as(said.toString()).isZero();
    assertThat(said.out()).contains("rule: extra: not compared");
  }

  /** That nobody has a row of yesterday does not say that yesterday was copied. */
  @Test
  void saysNothingOfRowsThatNeitherSideHas() throws SQLException {
    both("CREATE TABLE t (id INT PRIMARY KEY, d DATE)");
    assertThat(diff("--table", "t").code()).isZero();
    both("INSERT INTO t VALUES (1, '2026-01-01')");
    for (String[] asked :
        new String[][] {{"--where", "id > 5"}, {"--window-column", "d", "--from", "2026-01-02"}}) {
      List<String> arguments = new ArrayList<>(List.of("--table", "t"));
      arguments.addAll(Arrays.asList(asked));
      Cli.Said said = diff(arguments.toArray(String[]::new));
      assertThat(said.code()).as(said.toString()).isEqualTo(ExitCode.INCONCLUSIVE);
      assertThat(said.out())
          .contains("INCONCLUSIVE  t: too little to say (0 rows left, 0 right")
          .contains("note: neither side has a row that was asked for");
    }
    assertThat(diff("--table", "t", "--where", "id > 0").out())
        .contains("rule: only rows where id > 0");
  }

  @Test
  void refusesATableWithoutAKeyAndCountsIt() throws SQLException {
    both("CREATE TABLE t (a INT, b INT NOT NULL, UNIQUE KEY (a))", "INSERT INTO t VALUES (1, 1)");
    Cli.Said refused = diff("--table", "t");
    assertThat(refused.code()).isEqualTo(ExitCode.ERROR);
    assertThat(refused.err()).contains("no primary key", "--count");
    Cli.Said counted = diff("--table", "t", "--count");
    assertThat(counted.code()).isEqualTo(ExitCode.INCONCLUSIVE);
    assertThat(counted.out()).containsPattern("t +1 +1");
  }

  @Test
  void takesPatternsRenamedTablesAndWholeSchemas() throws SQLException {
    both(
        "CREATE TABLE order_a (id INT PRIMARY KEY)",
        "CREATE TABLE order_b (id INT PRIMARY KEY)",
        "INSERT INTO order_a VALUES (1)",
        "INSERT INTO order_b VALUES (1)");
    assertThat(diff("--table", "order_?").out()).contains("order_a: the same", "order_b: the same");
    assertThat(diff().code()).isZero();
    assertThat(diff("--table", "order_a:order_b").out()).contains("order_a:order_b: the same");
    left("CREATE TABLE order_c (id INT PRIMARY KEY)");
    Cli.Said said = diff();
    assertThat(said.code()).isEqualTo(ExitCode.ERROR);
    assertThat(said.err()).contains("order_c is in left only");
  }

  @Test
  void printsStatementsAndChangesNothing() throws SQLException {
    both("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9))");
    left("INSERT INTO t VALUES (1, 'same'), (2, 'l'), (3, 'new')");
    right("INSERT INTO t VALUES (1, 'same'), (2, 'r'), (4, 'old')");
    Cli.Said said = diff("--table", "t", "--repair", "print", "--target", "right");
    assertThat(said.code()).as(said.toString()).isEqualTo(ExitCode.FAIL);
    assertThat(said.out())
        .contains("UPDATE ", "SET `a` = 'l' WHERE `id` = 2 AND ", "INSERT INTO ", "NOT EXISTS")
        .doesNotContain("DELETE");
    assertThat(said.out().lines()).allMatch(line -> line.startsWith("--") || line.endsWith(";"));
    assertThat(said.err()).contains("FAIL  t: not the same");
    assertThat(diff("--table", "t", "--repair", "--target", "right", "--deletes").out())
        .contains("DELETE FROM ");
    assertThat(diff("--table", "t").out()).contains("1 not the same", "1 in left only");
  }

  @Test
  void repairsAndLooksAgain() throws Exception {
    both("CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(9))");
    left("INSERT INTO t VALUES (1, 'same'), (2, 'l'), (3, 'new')");
    right("INSERT INTO t VALUES (1, 'same'), (2, 'r'), (4, 'old')");
    Cli.Said kept = diff("--table", "t", "--repair", "apply", "--target", "right");
    assertThat(kept.code()).as(kept.toString()).isEqualTo(ExitCode.FAIL);
    assertThat(kept.out())
        .contains("repaired right: 1 inserted, 1 updated, 0 deleted")
        .contains("1 left alone: in right only; --deletes deletes them")
        .contains("looked again: 1 of 3 differ");
    Cli.Said json =
        diff("--table", "t", "--repair=apply", "--target=right", "--deletes", "--format", "json");
    assertThat(json.code()).as(json.toString()).isZero();
    JsonNode root = new ObjectMapper().readTree(json.out());
    assertThat(root.at("/tables/0/verdict").asText()).isEqualTo("FAIL");
    assertThat(root.at("/tables/0/verdictAfterRepair").asText()).isEqualTo("PASS");
    assertThat(root.at("/tables/0/repair/deleted").asInt()).isEqualTo(1);
    assertThat(root.at("/verdict").asText()).isEqualTo("PASS");
    assertThat(diff("--table", "t").code()).isZero();
  }

  @Test
  void asksWhichSideARepairIsFor() throws SQLException {
    both("CREATE TABLE t (id INT PRIMARY KEY)");
    Cli.Said said = diff("--table", "t", "--repair", "apply");
    assertThat(said.code()).isEqualTo(ExitCode.ERROR);
    assertThat(said.err()).contains("--target left|right");
    assertThat(diff("--table", "t", "--deletes").err()).contains("are for --repair");
  }

  @Test
  void judgesOnlyRowsThatHaveSettledInTheirWindow() throws SQLException {
    both("CREATE TABLE t (id INT PRIMARY KEY, a INT, at TIMESTAMP NULL)");
    String old = "'2020-01-01 00:00:00'";
    left(
        "INSERT INTO t VALUES (1, 1, %1$s), (2, 2, NOW()), (3, 3, %1$s), (4, 4, NOW())"
            .formatted(old));
    right("INSERT INTO t VALUES (1, 1, %1$s), (2, 1, %1$s), (3, 1, %1$s)".formatted(old));
    Cli.Said said = diff("--table", "t", "--window-column", "at", "--settle", "1h");
    assertThat(said.code()).as(said.toString()).isEqualTo(ExitCode.FAIL);
    assertThat(said.out())
        .contains("1 not the same", "1 not judged: written later than they settle", "id=3")
        .contains("rule: at: only rows older than 3600.0 s");
    left("UPDATE t SET a = 1, at = %s WHERE id = 3".formatted(old));
    assertThat(diff("--table", "t", "--window-column", "at", "--settle", "1h").code()).isZero();
  }

  @Test
  void comparesARowThatIsInTheWindowOnOneSideOnly() throws SQLException {
    both("CREATE TABLE t (id INT PRIMARY KEY, d DATE)");
    left("INSERT INTO t VALUES (1, '2026-01-05'), (2, '2026-01-05'), (3, '2026-03-01')");
    right("INSERT INTO t VALUES (1, '2026-01-05'), (2, '2026-02-05'), (3, '2026-03-02')");
    Cli.Said said =
        diff("--table", "t", "--window-column", "d", "--from", "2026-01-01", "--to", "2026-02-01");
    assertThat(said.code()).as(said.toString()).isEqualTo(ExitCode.FAIL);
    assertThat(said.out()).contains("id=2: not the same; d 2026-01-05 | 2026-02-05");
    assertThat(said.out()).doesNotContain("id=3").doesNotContain(" only\n");
    assertThat(diff("--table", "t", "--from", "2026-01-01").err()).contains("--window-column");
  }

  private Cli.Said diff(String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "diff",
                "--left=" + withUser(SCHEMAS.legacy()),
                "--right=" + withUser(SCHEMAS.stream()),
                "--state=" + state));
    if (!Arrays.asList(more).contains("--settle")) {
      arguments.add("--settle=0");
    }
    arguments.addAll(Arrays.asList(more));
    return Cli.run(arguments);
  }

  private static String withUser(DbSettings.Schema schema) {
    return schema.url() + "?user=" + schema.username() + "&password=" + schema.password();
  }

  private static void both(String... statements) throws SQLException {
    left(statements);
    right(statements);
  }

  private static void left(String... statements) throws SQLException {
    in(SCHEMAS.legacy(), statements);
  }

  private static void right(String... statements) throws SQLException {
    in(SCHEMAS.stream(), statements);
  }

  private static void in(DbSettings.Schema schema, String... statements) throws SQLException {
    List<String> all = new ArrayList<>(List.of("USE " + TestDatabase.nameOf(schema)));
    all.addAll(Arrays.asList(statements));
    TestDatabase.execute(all.toArray(String[]::new));
  }
}
