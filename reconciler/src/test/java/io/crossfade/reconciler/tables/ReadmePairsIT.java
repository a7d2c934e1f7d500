package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.TestDatabase;
import io.crossfade.reconciler.verdict.Verdict;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file of pairs in README.md, as it stands there, with tables in which each line matters. */
class ReadmePairsIT {

  @TempDir private Path directory;
  private TwoSchemas schemas;
  private String file;

  @BeforeEach
  void prepare() throws Exception {
    schemas = new TwoSchemas(true);
    Matcher example =
        Pattern.compile("```yaml\n(left: [^`]*\ntables:[^`]*)```")
            .matcher(Files.readString(Path.of("../README.md")));
    assertThat(example.find()).isTrue();
    Endpoint left = schemas.reader(Side.LEFT);
    file =
        example
            .group(1)
            .replace("jdbc:mysql://a/shop", left.url())
            .replace("jdbc:mysql://b/shop", schemas.reader(Side.RIGHT).url())
            .replace("user: reader", "user: " + TwoSchemas.READER);
    schemas.both(
        "CREATE TABLE customers (id INT PRIMARY KEY)",
        "CREATE TABLE custodians (id INT PRIMARY KEY)",
        "CREATE TABLE others (id INT PRIMARY KEY)",
        "INSERT INTO customers VALUES (1)",
        "INSERT INTO custodians VALUES (1)");
    table(schemas, Side.LEFT, "orders", "total DECIMAL(12,4)");
    table(schemas, Side.RIGHT, "orders_2026", "amount DECIMAL(12,2)");
    TwoSchemas.on(
        schemas.left,
        row("orders", 1, "total = 1.005"),
        row("orders", 2, "rate = 0.5"),
        row("orders", 3, "doc = '{\"a\":1,\"b\":2}'"),
        row("orders", 4, "name = ' Ann'"),
        row("orders", 5, "name = 'BOB'"),
        row("orders", 6, "shipped = '2026-07-01 12:00:00'"),
        row("orders", 7, "updated_at = '2026-01-01'"),
        row("orders", 8, "created = '2026-11-01'"),
        row("orders", 9, "changed_at = '2026-09-30'"),
        row("orders", 10, "changed_at = UTC_TIMESTAMP()"));
    TwoSchemas.on(
        schemas.right,
        row("orders_2026", 1, "amount = 1.01"),
        row("orders_2026", 2, "rate = 0.5009"),
        row("orders_2026", 3, "doc = '{\"b\": 2, \"a\": 1}'"),
        row("orders_2026", 4, "name = 'Ann'"),
        row("orders_2026", 5, "name = 'bob'"),
        row("orders_2026", 6, "shipped = '2026-07-01 10:00:00'"),
        row("orders_2026", 7, "updated_at = '2026-02-02'"));
  }

  private static void table(TwoSchemas schemas, Side side, String name, String amount)
      throws Exception {
    TwoSchemas.on(
        schemas.of(side),
        ("CREATE TABLE %s (id INT PRIMARY KEY, %s, rate DOUBLE, doc TEXT, name VARCHAR(40),"
                + " shipped DATETIME, created DATE DEFAULT '2026-10-05',"
                + " changed_at DATETIME DEFAULT '2026-10-05', updated_at DATETIME)")
            .formatted(name, amount));
  }

  private static String row(String table, int id, String column) {
    return "INSERT INTO %s SET id = %d, %s".formatted(table, id, column);
  }

  @AfterEach
  void close() throws Exception {
    schemas.close();
  }

  @Test
  void comparesWhatItSays() throws Exception {
    List<PairSpec> pairs = pairs(file);
    assertThat(pairs.stream().map(PairSpec::name))
        .containsExactly("custodians", "customers", "orders:orders_2026");
    PairSpec orders = pairs.getLast();
    // A rule more in the example wants a row more here.
    assertThat(orders.rules().forms()).containsOnlyKeys("doc", "name", "rate", "shipped", "total");
    assertThat(orders.rules().renamed()).isEqualTo(Map.of("total", "amount"));
    assertThat(orders.rules().ignored()).containsExactly("updated_at");
    for (PairSpec pair : pairs) {
      assertThat(run(pair)).as(pair.name()).isEmpty();
    }
    TwoSchemas.on(
        schemas.right,
        "UPDATE orders_2026 SET amount = 1.02 WHERE id = 1",
        "UPDATE orders_2026 SET rate = 0.502 WHERE id = 2",
        "UPDATE orders_2026 SET doc = '{\"a\":1,\"b\":3}' WHERE id = 3",
        "UPDATE orders_2026 SET name = 'Anna' WHERE id = 4",
        "UPDATE orders_2026 SET name = 'bop' WHERE id = 5",
        "UPDATE orders_2026 SET shipped = '2026-07-01 12:00:00' WHERE id = 6");
    assertThat(run(orders)).containsExactly("id=1", "id=2", "id=3", "id=4", "id=5", "id=6");
  }

  @Test
  void withoutAnyOfItsLinesItComparesSomethingElse() throws Exception {
    assertThat(run(pairs(without("scale: 2")).getLast())).containsExactly("id=1");
    assertThat(run(pairs(without("rate: .*")).getLast())).containsExactly("id=2");
    assertThat(run(pairs(without("doc: .*")).getLast())).containsExactly("id=3");
    assertThat(run(pairs(without("trimmed: true, ")).getLast())).containsExactly("id=4");
    assertThat(run(pairs(without(", any-case: true")).getLast())).containsExactly("id=5");
    assertThat(run(pairs(without("shipped: .*")).getLast())).containsExactly("id=6");
    assertThat(run(pairs(without("ignore: .*")).getLast())).containsExactly("id=7");
    assertThat(run(pairs(without(" where: .*")).getLast())).containsExactly("id=8");
    assertThat(run(pairs(without("from: '2026-10-01', ")).getLast())).containsExactly("id=9");
    assertThat(run(pairs(without(", settle: 30s")).getLast())).containsExactly("id=10");
    for (String needed : List.of("right: orders_2026", "right: amount, ")) {
      PairSpec orders = pairs(without(needed)).getLast();
      assertThatThrownBy(() -> run(orders)).isInstanceOf(DriftException.class);
    }
  }

  @Test
  void aTableThatIsNamedIsNotMeantByAPatternBesides() throws Exception {
    String wide = file.replace("'cust*'", "'*'");
    assertThat(wide).isNotEqualTo(file);
    // The right has no table orders, which is named with its other name.
    assertThat(pairs(wide).stream().map(PairSpec::name))
        .containsExactly("custodians", "customers", "others", "orders:orders_2026");
    String twice = file.replace("  - table: orders", "  - table: '*s'\n  - table: orders");
    assertThat(pairs(twice).stream().map(PairSpec::name))
        .containsExactly("custodians", "customers", "others", "orders:orders_2026");
  }

  private String without(String part) {
    String rest = file.replaceFirst(part, "");
    assertThat(rest).as(part).isNotEqualTo(file);
    return rest;
  }

  private List<PairSpec> pairs(String yaml) throws Exception {
    Path pairs = Files.writeString(directory.resolve("pairs.yaml"), yaml);
    return new PairsFile(
            Map.of("A_PASSWORD", TestDatabase.PASSWORD, "B_PASSWORD", TestDatabase.PASSWORD))
        .read(pairs);
  }

  /** Keys of what differs. */
  private List<String> run(PairSpec pair) throws Exception {
    DiffOptions options =
        new DiffOptions(
            directory.resolve("state"), 1, 1000, Duration.ofMillis(1), TableThrottle.NONE);
    List<String> keys = new ArrayList<>();
    try (TableDiff diff = TableDiff.open(pair, options)) {
      TableOutcome outcome = diff.run();
      diff.forEachDifference(one -> keys.add(one.key()));
      assertThat(outcome.verdict())
          .as(outcome.toString())
          .isEqualTo(keys.isEmpty() ? Verdict.PASS : Verdict.FAIL);
      diff.forget();
    }
    return keys;
  }
}
