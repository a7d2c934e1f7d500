package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RetryPauseTest {

  @Test
  void pausesDoubleUpToFiveSeconds() {
    RetryPause pauses = new RetryPause();
    assertThat(Stream.generate(pauses::next).limit(8).map(Duration::toMillis))
        .containsExactly(100L, 200L, 400L, 800L, 1_600L, 3_200L, 5_000L, 5_000L);
  }
}
