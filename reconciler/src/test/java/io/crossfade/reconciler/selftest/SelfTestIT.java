package io.crossfade.reconciler.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonSettings;
import io.crossfade.reconciler.diff.DifferenceClass;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invariant 9: every planted difference is found, whatever its class, and none is invented. */
class SelfTestIT {

  @ParameterizedTest(name = "{0} records of each kind, {1} plants of every sort in every table")
  @CsvSource({"4000, 3, 1, 12000", "4000, 8, 2, 12000", "220000, 20, 3, 1005000"})
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
      assertThat(result.missed()).as("planted and not found").isEmpty();
      assertThat(result.invented()).as("found and not planted").isEmpty();
      assertThat(result.found())
          .isEqualTo(result.planted())
          .hasSize(DifferenceClass.values().length);
      assertThat(result.rows()).isGreaterThan(rows);
    }
  }
}
