package io.crossfade.reconciler.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.OutputScan;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.time.Duration;
import java.util.Set;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invariant 9: every planted difference is found, whatever its class, and none is invented. */
class SelfTestIT {

  @ParameterizedTest(name = "{0} records of each kind, {1} plants of every sort in every table")
  @CsvSource({"4000, 3, 1, 12000", "4000, 8, 2, 12000", "110000, 20, 3, 500000"})
  void everyPlantIsFoundAndNothingIsInvented(int records, int each, long seed, long rows)
      throws Exception {
    try (TestOutputs outputs = new TestOutputs()) {
      SelfTest.Result result =
          new SelfTest(
                  (HikariDataSource) outputs.control(),
                  (HikariDataSource) outputs.legacy(),
                  (HikariDataSource) outputs.stream(),
                  new ComparisonSettings(99.9, 100, Duration.ZERO, Duration.ZERO, Set.of(), 1_000))
              .run(records, each, seed);
      assertThat(result.planted()).hasSize(DifferenceClass.values().length);
      for (SelfTest.Way way : result.ways()) {
        assertThat(way.missed()).as("%s: planted and not found", way.name()).isEmpty();
        assertThat(way.invented()).as("%s: found and not planted", way.name()).isEmpty();
        assertThat(way.unproven()).as("%s: runs without a proof", way.name()).isZero();
        assertThat(way.passed()).isTrue();
      }
      assertThat(result.ways().subList(0, 4))
          .allSatisfy(way -> assertThat(way.found()).isEqualTo(result.planted()))
          .filteredOn(way -> !way.name().contains("again"))
          .allSatisfy(way -> assertThat(way.rows()).isGreaterThan(rows));
      goesTheWaysOfRealRuns(outputs.control());
    }
  }

  /** Every origin; both orders; runs that another process went on with; rows written once. */
  private static void goesTheWaysOfRealRuns(DataSource control) {
    for (Origin origin : Origin.values()) {
      assertThat(number(control, "origin = '" + origin + "'")).as("%s", origin).isPositive();
    }
    for (OutputScan.Order order : OutputScan.Order.values()) {
      assertThat(number(control, "progress LIKE '%\"" + order + "\"%'"))
          .as("%s", order)
          .isPositive();
    }
    assertThat(number(control, "claim > 1")).as("resumed").isPositive();
    assertThat(number(control, "state <> 'FINISHED'")).as("left").isZero();
    assertThat(
            TestOutputs.number(
                control, "SELECT COUNT(*) FROM comparison_kind WHERE not_mirrored > 0"))
        .as("with rows that were written once")
        .isPositive();
  }

  private static long number(DataSource control, String which) {
    return TestOutputs.number(control, "SELECT COUNT(*) FROM comparison WHERE " + which);
  }
}
