package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.reconciler.verdict.Verdict;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jspecify.annotations.Nullable;

/** Rules on columns of real tables: each says what is the same, and what is not. */
class RulesIT {

  @TempDir private Path state;

  @Test
  void theSameDigitsOfTwoZonesAreTwoMoments() throws Exception {
    try (TwoSchemas schemas = new TwoSchemas(true)) {
      schemas.both("CREATE TABLE t (id INT PRIMARY KEY, at DATETIME NULL)");
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

  private List<String> differing(TwoSchemas schemas, Map<String, ColumnRule> rules)
      throws Exception {
    return differing(schemas, new PairRules(List.of(), Map.of(), rules), null);
  }

  /** Keys of what differs; the run's own proof must be whole. */
  private List<String> differing(
      TwoSchemas schemas, PairRules rules, @Nullable RowWindow window) throws Exception {
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
      diff.forEachDifference(one -> keys.add(one.key()));
      assertThat(outcome.proof().isFull()).as(outcome.toString()).isTrue();
      assertThat(outcome.late()).as(outcome.toString()).isZero();
      assertThat(outcome.verdict()).isEqualTo(keys.isEmpty() ? Verdict.PASS : Verdict.FAIL);
      diff.forget();
    }
    return keys;
  }
}
