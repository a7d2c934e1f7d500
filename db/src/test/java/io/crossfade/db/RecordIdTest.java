package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecordIdTest {

  private static final LocalDateTime TIME = LocalDateTime.of(2025, 9, 14, 8, 15);

  @Test
  void isTheSameForEverAndEverywhere() {
    assertThat(HealthData.id("DEV00001", TIME)).hasToString("0199474aaba003a25316658188fa3c65");
    assertThat(CommonEvent.id("DEV00001", TIME, "SOS_EVENT", "1"))
        .isEqualTo(CommonEvent.id("DEV00001", TIME, "SOS_EVENT", "1"));
  }

  @Test
  void tellsKindsTypesValuesAndPartBoundariesApart() {
    assertThat(
            java.util.stream.Stream.of(
                HealthData.id("D", TIME),
                DeviceInfo.id("D", TIME),
                CommonEvent.id("D", TIME, "T", "1"),
                CommonEvent.id("D", TIME, "T1", ""),
                CommonEvent.id("D", TIME, "T1", null),
                CommonEvent.id("DT", TIME, "", "1"),
                CommonEvent.id("D", TIME.plusSeconds(1), "T", "1")))
        .doesNotHaveDuplicates();
  }

  @Test
  void isOrderedAsTheDatabaseOrdersItsBytes() {
    Random random = new Random(1);
    for (int i = 0; i < 10_000; i++) {
      RecordId one = new RecordId(random.nextLong(), random.nextLong());
      RecordId two =
          random.nextInt(3) == 0
              ? new RecordId(one.high(), random.nextLong())
              : new RecordId(random.nextLong(), one.low());
      assertThat(Integer.signum(one.compareTo(two)))
          .isEqualTo(Integer.signum(Arrays.compareUnsigned(one.bytes(), two.bytes())));
      assertThat(RecordId.parse(one.toString())).isEqualTo(one);
    }
  }

  @Test
  void growsWithTheRecordsOwnTime() {
    assertThat(HealthData.id("Z", TIME)).isLessThan(HealthData.id("A", TIME.plusSeconds(1)));
  }
}
