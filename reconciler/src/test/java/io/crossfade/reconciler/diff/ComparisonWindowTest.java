package io.crossfade.reconciler.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonWindowTest {

  private static final Instant FROM = Instant.parse("2026-11-25T08:00:00Z");

  @ParameterizedTest(name = "{0} ms in at most {1} parts: {2}")
  @CsvSource({"60000, 1, 1", "60000, 7, 7", "3, 7, 3", "10, 4, 4", "1, 1, 1", "0, 5, 0"})
  void slicesFollowEachOtherFromBeginningToEnd(int millis, int most, int expected) {
    ComparisonWindow window = new ComparisonWindow(FROM, FROM.plusMillis(millis));
    List<ComparisonWindow> slices = window.slices(most);
    assertThat(slices).hasSize(expected);
    Instant reached = FROM;
    for (ComparisonWindow slice : slices) {
      assertThat(slice.from()).isEqualTo(reached);
      assertThat(slice.to()).isAfter(slice.from());
      reached = slice.to();
    }
    assertThat(reached).isEqualTo(window.to());
  }
}
