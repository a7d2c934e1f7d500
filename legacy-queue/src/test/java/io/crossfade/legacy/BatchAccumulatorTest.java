package io.crossfade.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BatchAccumulatorTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration IDLE = Duration.ofMillis(200);
  private final BatchAccumulator<String> batch =
      new BatchAccumulator<>(3, 10, String::length, Duration.ofSeconds(2));

  @Test
  void isDueWhenFull() {
    batch.add("a", NOW);
    batch.add("b", NOW);
    assertThat(batch.due(NOW)).isFalse();
    batch.add("c", NOW);
    assertThat(batch.due(NOW)).isTrue();
    assertThat(batch.take()).containsExactly("a", "b", "c");
    assertThat(batch.isEmpty()).isTrue();
    assertThat(batch.due(NOW)).isFalse();
  }

  @Test
  void isDueWhenHeavy() {
    batch.add("nine char", NOW);
    assertThat(batch.due(NOW)).isFalse();
    batch.add("b", NOW);
    assertThat(batch.due(NOW)).isTrue();
    assertThat(batch.take()).hasSize(2);
    batch.add("c", NOW);
    assertThat(batch.due(NOW)).as("the next one begins light").isFalse();
  }

  @Test
  void isDueWhenItsFirstItemHasWaitedLongEnough() {
    batch.add("a", NOW);
    batch.add("b", NOW.plusMillis(1_500));
    assertThat(batch.due(NOW.plusMillis(1_999))).isFalse();
    assertThat(batch.patience(NOW.plusMillis(1_500), IDLE)).isEqualTo(Duration.ofMillis(500));
    assertThat(batch.due(NOW.plusMillis(2_000))).isTrue();
    assertThat(batch.patience(NOW.plusMillis(9_000), IDLE)).isEqualTo(Duration.ZERO);
  }

  @Test
  void isNeverDueWhenEmpty() {
    assertThat(batch.due(NOW.plusSeconds(3_600))).isFalse();
    assertThat(batch.patience(NOW, IDLE)).isEqualTo(IDLE);
  }
}
