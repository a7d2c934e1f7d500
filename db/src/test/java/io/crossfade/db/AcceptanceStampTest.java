package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AcceptanceStampTest {

  /** A window without an end once ended before it began: its stamp had overflown. */
  @Test
  void whatNoStampCanHoldIsBeforeOrAfterAllOfThem() {
    Instant now = Instant.parse("2026-11-26T20:00:00.123Z");
    long stamp = AcceptanceStamp.floor(now);
    assertThat(AcceptanceStamp.instantOf(stamp)).isEqualTo(now);
    assertThat(AcceptanceStamp.floor(Instant.MAX)).isEqualTo(Long.MAX_VALUE);
    assertThat(AcceptanceStamp.floor(Instant.parse("9999-12-31T00:00:00Z"))).isGreaterThan(stamp);
    assertThat(AcceptanceStamp.floor(Instant.parse("2248-01-01T00:00:00Z")))
        .isBetween(stamp, Long.MAX_VALUE - 1);
    assertThat(AcceptanceStamp.floor(Instant.parse("1969-12-31T23:59:59Z"))).isZero();
    assertThat(AcceptanceStamp.floor(Instant.MIN)).isZero();
  }

  /** The first and the last second that a stamp can hold are held. */
  @Test
  void stampsBeginWith1970AndEndWithTheirLastSecond() {
    assertThat(AcceptanceStamp.floor(Instant.ofEpochMilli(5))).isEqualTo(5L << 20);
    long last = (Long.MAX_VALUE >> 20) / 1_000;
    assertThat(AcceptanceStamp.floor(Instant.ofEpochSecond(last))).isEqualTo(Long.MAX_VALUE);
    assertThat(AcceptanceStamp.floor(Instant.ofEpochSecond(last - 1)))
        .isEqualTo((last - 1) * 1_000 << 20);
  }
}
