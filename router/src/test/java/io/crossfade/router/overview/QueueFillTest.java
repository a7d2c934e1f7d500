package io.crossfade.router.overview;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueueFillTest {

  @Test
  void growingQueueIsFullWhenItsRoomIsUsedUp() {
    QueueFill fill = QueueFill.of(250, 1_000, Duration.ofSeconds(26), 5);
    assertThat(fill.percent()).isEqualTo(25);
    assertThat(fill.untilFull()).isEqualTo(Duration.ofSeconds(150));
    assertThat(fill.isFilling()).isFalse();
    assertThat(QueueFill.of(1_000, 1_000, null, 1).untilFull()).isEqualTo(Duration.ZERO);
  }

  @Test
  void queueThatDoesNotGrowOrIsAllButEmptyIsNotGoingToBeFull() {
    assertThat(QueueFill.of(250, 1_000, null, 0).untilFull()).isNull();
    assertThat(QueueFill.of(250, 1_000, null, -3).untilFull()).isNull();
    assertThat(QueueFill.of(9, 1_000, null, 5).untilFull()).as("a batch comes and goes").isNull();
    assertThat(QueueFill.of(100, 1_000_000_000, null, 0.001).untilFull()).isNull();
  }

  @Test
  void whatHoldsSomethingIsNotEmpty() {
    assertThat(QueueFill.of(1, 1_000_000, null, 0).percentText()).isEqualTo("1 %");
    assertThat(QueueFill.of(0, 1_000_000, null, 0).percentText()).isEqualTo("0 %");
    assertThat(QueueFill.of(800, 1_000, null, 0).isFilling()).isTrue();
    assertThat(QueueFill.of(799, 1_000, null, 0).isFilling()).isFalse();
  }
}
