package io.crossfade.reconciler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

  @Test
  void saysHowFarAndHowLong() {
    assertThat(ProgressBar.line(0, Duration.ofSeconds(2)))
        .isEqualTo("[------------------------------]   0 %, ? left");
    assertThat(ProgressBar.line(0.25, Duration.ofSeconds(10)))
        .isEqualTo("[#######-----------------------]  25 %, 30 s left");
    assertThat(ProgressBar.line(1, Duration.ofMinutes(2)))
        .isEqualTo("[##############################] 100 %, 0 s left");
  }
}
