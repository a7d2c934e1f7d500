package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.reconciler.verdict.Verdict;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules on columns of real tables: each says what is the same, and what is not. */
class RulesIT {

  @TempDir private Path state;

  private @Nullable TableOutcome last;

  @Test
  void theSameDigitsOfTwoZonesAreTwoMoments() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      schemas.both("CREATE TABLE t (id INT PRIMARY KEY, at DATETIME NULL)");
      TwoSchemas.on(schemas.right, "ALTER TABLE t MODIFY at DATETIME(3) NULL");
      TwoSchemas.on(
          schemas.left,
          "INSERT INTO t VALUES (1, '2026-07-01 12:00:00'), (2, '2026-07-01 12:00:00'),"
              + " (3, '0000-00-00 00:00:00'), (4, NULL), (5, '2026-10-25 02:30:00'),"
              + " (6, '2026-10-25 02:30:00'), (7, '2026-10-25 02:30:00')");
      TwoSchemas.on(
          schemas.right,
          "INSERT INTO t VALUES (1, '2026-07-01 10:00:00'), (2, '2026-07-01 12:00:00'),"
              + " (3, '0000-00-00 00:00:00'), (4, NULL), (5, '2026-10-25 00:30:00'),"
              + " (6, '2026-10-25 01:30:00'), (7, '2026-10-25 02:30:00')");
      ColumnRule zones = new ColumnRule.TimeZone(ZoneId.of("Europe/Berlin"), ZoneId.of("UTC"));
      assertThat(differing(schemas, Map.of("at", zones))).containsExactly("id=2", "id=7");
    }
  }

  @Test
  void theByteOfADigitIsNotItsNumber() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      TwoSchemas.on(
          schemas.left,
          "CREATE TABLE t (id INT PRIMARY KEY, b BIT(8))",
          "INSERT INTO t VALUES (1, b'00110001'), (2, 1), (3, 49), (4, 0)");
      TwoSchemas.on(
          schemas.right,
          "CREATE TABLE t (id INT PRIMARY KEY, b INT)",
          "INSERT INTO t VALUES (1, 1), (2, 1), (3, 49), (4, 0)");
      assertThat(differing(schemas, Map.of())).containsExactly("id=1");
    }
  }

  @Test
  void aPlantIsFarFromWhatIsNear() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      schemas.both("CREATE TABLE t (id INT PRIMARY KEY, n INT NOT NULL)");
      List<String> left = new ArrayList<>();
      List<String> right = new ArrayList<>();
      for (int id = 0; id < 40; id++) {
        left.add("INSERT INTO t VALUES (%d, 10)".formatted(id));
        right.add("INSERT INTO t VALUES (%d, 14)".formatted(id));
      }
      TwoSchemas.on(schemas.left, left.toArray(String[]::new));
      TwoSchemas.on(schemas.right, right.toArray(String[]::new));
      ColumnRule near = new ColumnRule.Tolerance(new BigDecimal(5));
      for (int run = 0; run < 5; run++) {
        assertThat(differing(schemas, Map.of("n", near))).isEmpty();
      }
    }
  }

  @Test
  void momentsAreNearInSeconds() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      TwoSchemas.on(
          schemas.left,
          "CREATE TABLE t (id INT PRIMARY KEY, at DATETIME(6) NOT NULL)",
          "INSERT INTO t VALUES (1, '2026-07-01 12:00:00.5'), (2, '2026-07-01 23:59:59.9'),"
              + " (3, '2026-07-01 12:00:00'), (4, '0000-00-00 00:00:00')");
      TwoSchemas.on(
          schemas.right,
          "CREATE TABLE t (id INT PRIMARY KEY, at TIMESTAMP NOT NULL)",
          "INSERT INTO t VALUES (1, '2026-07-01 12:00:01'), (2, '2026-07-02 00:00:00'),"
              + " (3, '2026-07-01 12:00:02'), (4, '0000-00-00 00:00:00')");
      ColumnRule second = new ColumnRule.Tolerance(BigDecimal.ONE);
      assertThat(differing(schemas, Map.of("at", second))).containsExactly("id=3");
    }
  }

  @Test
  void columnsAreKnownInUpperAndLowerCaseAlike() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      TwoSchemas.on(
          schemas.left,
          "CREATE TABLE t (id INT PRIMARY KEY, Total DECIMAL(9,4), Name VARCHAR(9), Mine INT)",
          "INSERT INTO t VALUES (1, 1.004, 'Ann ', 1), (2, 2.5, 'b', 2)");
      TwoSchemas.on(
          schemas.right,
          "CREATE TABLE t (id INT PRIMARY KEY, AMOUNT DECIMAL(9,2), name VARCHAR(9))",
          "INSERT INTO t VALUES (1, 1.00, 'ann'), (2, 2.51, 'b')");
      PairRules rules =
          new PairRules(
              List.of("MINE"),
              Map.of("TOTAL", "amount"),
              Map.of("tOtAl", new ColumnRule.Scale(2), "NAME", new ColumnRule.Text(true, true)));
      assertThat(differing(schemas, rules, null)).containsExactly("id=2");
    }
  }

  @Test
  void aRuleThatMeansNothingIsRefusedByName() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      schemas.both("CREATE TABLE t (id INT PRIMARY KEY, n INT, d DATE, j VARCHAR(9), k INT)");
      PairRules rules =
          new PairRules(
              List.of("k", "gone"),
              Map.of("n", "nowhere", "no_column", "j"),
              Map.of(
                  "d",
                  new ColumnRule.Tolerance(BigDecimal.ONE),
                  "j",
                  new ColumnRule.TimeZone(ZoneId.of("UTC"), ZoneId.of("+02:00")),
                  "K",
                  new ColumnRule.Scale(1)));
      assertThatThrownBy(() -> differing(schemas, rules, null))
          .isInstanceOf(DriftException.class)
          .hasMessageContainingAll(
              "column gone to ignore is in neither",
              "column k is to be ignored and compared by a rule (scale 1)",
              "column no_column, which a rule names, is not in left",
              "column n of left should be nowhere in right, which is not there",
              "column d is date in left and date in right: its rule (tolerance 1) is for numbers");
    }
  }

  @Test
  void aRuleOnTheKeyIsRefusedByName() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      schemas.both("CREATE TABLE t (code VARCHAR(9) PRIMARY KEY, n INT)");
      TwoSchemas.on(schemas.left, "INSERT INTO t VALUES ('A1', 1), ('b', 2)");
      TwoSchemas.on(schemas.right, "INSERT INTO t VALUES ('a1', 7), ('b', 2)");
      Map<String, ColumnRule> rules = Map.of("code", new ColumnRule.Text(false, true));
      assertThatThrownBy(() -> differing(schemas, rules))
          .isInstanceOf(DriftException.class)
          .hasMessageContaining("column code of PRIMARY has a rule (any case)")
          .hasMessageContaining("add a unique key of other columns");
    }
  }

  @Test
  void anotherKeyTellsRowsApartWhereTheFirstHasARule() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      schemas.both(
          "CREATE TABLE t (code VARCHAR(9) PRIMARY KEY, no INT NOT NULL, n INT, UNIQUE KEY u"
              + " (no))");
      TwoSchemas.on(schemas.left, "INSERT INTO t VALUES ('A1', 1, 1), ('b', 2, 2), ('c', 3, 3)");
      TwoSchemas.on(schemas.right, "INSERT INTO t VALUES ('a1', 1, 1), ('B', 2, 7), ('x', 3, 3)");
      Map<String, ColumnRule> rules = Map.of("code", new ColumnRule.Text(false, true));
      assertThat(differing(schemas, rules)).containsExactly("no=2", "no=3");
    }
  }

  @Test
  void whatOnlyARuleMakesTheSameIsCounted() throws Exception {
    String text = "x".repeat(300);
    for (String key : List.of("INT", "VARCHAR(20) COLLATE utf8mb4_bin")) {
      try (TwoSchemas schemas = new TwoSchemas(true)) {
        schemas.both(
            "CREATE TABLE t (id INT PRIMARY KEY, n DECIMAL(9,3), at DATETIME, name VARCHAR(400))");
        // Kept in two orders, rows go through files, long values of them as digests.
        TwoSchemas.on(schemas.left, "ALTER TABLE t MODIFY id " + key);
        TwoSchemas.on(
            schemas.right, "ALTER TABLE t MODIFY id " + key.replace("_bin", "_general_ci"));
        TwoSchemas.on(
            schemas.left,
            "INSERT INTO t VALUES (1, 1.004, '2026-07-01 12:00:00', 'A'), (2, 1.00, NULL, ' b'),"
                + " (3, 2.5, '2026-07-01 12:00:00', '"
                + text
                + "'),"
                + " (4, NULL, '2026-07-01 12:00:00', 'd'), (5, 1.004, NULL, 'A')");
        TwoSchemas.on(
            schemas.right,
            "INSERT INTO t VALUES (1, 1, '2026-07-01 10:00:00', 'a'), (2, 1.000, NULL, 'b'),"
                + " (3, 2.501, '2026-07-01 10:00:00', '"
                + text.toUpperCase(Locale.ROOT)
                + "'),"
                + " (4, NULL, '2026-07-01 12:00:00', 'D'), (5, 7, NULL, 'A')");
        PairRules rules =
            new PairRules(
                List.of(),
                Map.of(),
                Map.of(
                    "N",
                    new ColumnRule.Scale(2),
                    "at",
                    new ColumnRule.TimeZone(ZoneId.of("Europe/Berlin"), ZoneId.of("UTC")),
                    "name",
                    new ColumnRule.Text(true, true)));
        assertThat(differing(schemas, rules, null)).containsExactlyInAnyOrder("id=4", "id=5");
        // Of the rows that are the same, those that the run has shown otherwise among them.
        assertThat(Objects.requireNonNull(last).onlyByRule())
            .isEqualTo(Map.of("n", 2L, "at", 2L, "name", 3L));
        assertThat(Objects.requireNonNull(last).rules())
            .contains("name: trimmed, any case (values the same only by it: 3)");
      }
    }
  }

  private List<String> differing(TwoSchemas schemas, Map<String, ColumnRule> rules)
      throws Exception {
    return differing(schemas, new PairRules(List.of(), Map.of(), rules), null);
  }

  /** Keys of what differs; the run's own proof must be whole. */
  private List<String> differing(TwoSchemas schemas, PairRules rules, @Nullable RowWindow window)
      throws Exception {
    PairSpec spec =
        new PairSpec(
            schemas.reader(Side.LEFT),
            schemas.reader(Side.RIGHT),
            "t",
            "t",
            null,
            null,
            rules,
            window);
    DiffOptions options = new DiffOptions(state, 1, 10, Duration.ofMillis(1), TableThrottle.NONE);
    List<String> keys = new ArrayList<>();
    try (TableDiff diff = TableDiff.open(spec, options)) {
      TableOutcome outcome = diff.run();
      last = outcome;
      diff.forEachDifference(one -> keys.add(one.key()));
      assertThat(outcome.proof().isFull()).as(outcome.toString()).isTrue();
      assertThat(outcome.late()).as(outcome.toString()).isZero();
      assertThat(outcome.verdict()).isEqualTo(keys.isEmpty() ? Verdict.PASS : Verdict.FAIL);
      diff.forget();
    }
    return keys;
  }
}
