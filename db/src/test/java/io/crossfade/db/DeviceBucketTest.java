package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class DeviceBucketTest {

  /** As they were when the first device was placed; reckoned by another program. */
  private static final Map<String, Integer> PLACES =
      Map.of(
          "", 5_100,
          "A", 3_678,
          "1", 9_580,
          "A1", 7_105,
          "A2", 3_285,
          "SN-0001", 4_149,
          "SN-0002", 329,
          "WATCH-860123456789012", 5_991,
          "123456789012345678901", 8_326,
          "\u8bbe\u59077", 6_097);

  @Test
  void noDeviceEverMoves() {
    PLACES.forEach((device, place) -> assertThat(DeviceBucket.of(device)).isEqualTo(place));
  }
}
