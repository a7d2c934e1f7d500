package io.crossfade.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.db.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueueShapeTest {

  @Test
  void followsTheFormulasOfTheSystemBeingMigrated() {
    assertThat(QueueShape.of(Kind.HEALTH, 8, 16))
        .isEqualTo(new QueueShape(5_000, 200, 20, Duration.ofSeconds(2)));
    assertThat(QueueShape.of(Kind.DEVICE, 8, 16))
        .isEqualTo(new QueueShape(10_000, 120, 12, Duration.ofSeconds(2)));
    assertThat(QueueShape.of(Kind.EVENT, 8, 16))
        .isEqualTo(new QueueShape(5_000, 96, 8, Duration.ofMillis(1_500)));
    assertThat(QueueShape.of(Kind.EVENT, 8, 4).batchSize()).isEqualTo(32);
  }

  @Test
  void staysWithinItsBounds() {
    assertThat(QueueShape.of(Kind.HEALTH, 1, 1))
        .isEqualTo(new QueueShape(5_000, 50, 4, Duration.ofSeconds(2)));
    assertThat(QueueShape.of(Kind.DEVICE, 64, 256))
        .isEqualTo(new QueueShape(10_000, 200, 16, Duration.ofSeconds(2)));
    assertThat(QueueShape.of(Kind.EVENT, 64, 256))
        .isEqualTo(new QueueShape(5_000, 200, 16, Duration.ofMillis(1_500)));
  }
}
