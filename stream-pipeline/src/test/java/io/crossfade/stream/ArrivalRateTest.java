package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ArrivalRateTest {

  private static final long MILLISECOND = Duration.ofMillis(1).toNanos();

  private final ArrivalRate rate = new ArrivalRate();

  @Test
  void nothingComesUntilSomethingHas() {
    assertThat(rate.nanosFor(1)).isEqualTo(Long.MAX_VALUE);
    rate.read(0, 100 * MILLISECOND);
    assertThat(rate.nanosFor(1)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void steadyStreamIsMeasuredWhateverTheReadsAre() {
    for (int i = 0; i < 100; i++) {
      rate.read(300, 10 * MILLISECOND);
      rate.read(30, MILLISECOND);
      rate.read(1_500, 50 * MILLISECOND);
    }
    assertThat(rate.nanosFor(500)).isCloseTo(500 * MILLISECOND / 30, withinPercentage(1));
  }

  @Test
  void burstIsForgotten() {
    rate.read(5_000, 10 * MILLISECOND);
    long atOnce = rate.nanosFor(500);
    rate.read(1, 250 * MILLISECOND);
    assertThat(rate.nanosFor(500)).isBetween(2 * atOnce, 3 * atOnce);
    for (int i = 0; i < 20; i++) {
      rate.read(1, 100 * MILLISECOND);
    }
    assertThat(rate.nanosFor(500)).isGreaterThan(Duration.ofSeconds(10).toNanos());
  }

  @Test
  void readsAtTheSameTimeTeachNothing() {
    rate.read(500, 0);
    assertThat(rate.nanosFor(1)).isEqualTo(Long.MAX_VALUE);
  }
}
