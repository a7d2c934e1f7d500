package io.crossfade.router.gates;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.reconciler.verdict.Verdict;
import io.crossfade.router.gates.Finding.Phrase;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CheckReadingTest {

  private static final Instant NOW = Instant.parse("2026-11-28T00:00:00Z");
  private static final Instant SINCE = NOW.minusSeconds(3_600);

  private CheckReading reading = unmeasured(null, 1.0, 0, 0);
  private Instant now = NOW;

  @Test
  void limitsHoldExactly() {
    assertThat(verdict(1)).isEqualTo(Verdict.PASS);
    assertThat(verdict(Math.nextUp(1.0))).isEqualTo(Verdict.FAIL);
    reading = unmeasured(-2.0, null, 0, 0);
    assertThat(verdict(-2)).isEqualTo(Verdict.PASS);
    assertThat(verdict(-2.1)).isEqualTo(Verdict.FAIL);
    reading = unmeasured(1.0, 2.0, 0, 0);
    assertThat(verdict(0.9)).isEqualTo(Verdict.FAIL);
    assertThat(verdict(1.5)).isEqualTo(Verdict.PASS);
    assertThat(verdict(2.1)).isEqualTo(Verdict.FAIL);
  }

  @Test
  void whatIsNotMeasuredIsNoPass() {
    assertThat(judge().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(judge().figures()).isEqualTo("not measured yet, limit ≤ 1");
    assertThat(nothing()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(judge().figures()).isEqualTo("answered with no data, limit ≤ 1, asked 0 s ago");
  }

  @Test
  void oneMissAndOneSilenceCountWhereNoneMayBe() {
    verdict(1);
    assertThat(nothing()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(verdict(1)).isEqualTo(Verdict.PASS);
    assertThat(verdict(2)).isEqualTo(Verdict.FAIL);
    assertThat(nothing())
        .as("what failed is not known to fail any more")
        .isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void verdictStandsForAsManyAsMayBe() {
    reading = unmeasured(null, 1.0, 2, 1);
    assertThat(verdict(2)).as("never passed").isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(verdict(1)).isEqualTo(Verdict.PASS);
    assertThat(verdict(2)).isEqualTo(Verdict.PASS);
    assertThat(verdict(2)).isEqualTo(Verdict.PASS);
    assertThat(judge().figures())
        .isEqualTo(
            "2, limit ≤ 1, measured 0 s ago, beyond the limit 2 times since it was within, 2 may"
                + " be");
    assertThat(nothing()).isEqualTo(Verdict.PASS);
    assertThat(judge().figures()).contains("no number 1 times in a row, 1 may be");
    assertThat(verdict(2)).as("silence between does not forgive").isEqualTo(Verdict.FAIL);
    assertThat(verdict(1)).isEqualTo(Verdict.PASS);
    assertThat(nothing()).isEqualTo(Verdict.PASS);
    assertThat(verdict(1)).isEqualTo(Verdict.PASS);
    assertThat(nothing()).as("in a row").isEqualTo(Verdict.PASS);
    assertThat(nothing()).isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void whatNobodyMeasuresAnyMoreIsStale() {
    verdict(1);
    now = now.plus(Duration.ofMinutes(2));
    assertThat(judge().verdict()).isEqualTo(Verdict.PASS);
    now = now.plusNanos(1);
    assertThat(judge().verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(judge().figures()).isEqualTo("1, limit ≤ 1, measured 2 min ago, stale");
  }

  @Test
  void whatWasMeasuredUnderOtherFlagsSaysNothing() {
    reading = unmeasured(null, 1.0, 1, 0);
    verdict(1);
    assertThat(reading.judge(now, now).verdict()).isEqualTo(Verdict.PASS);
    Instant changed = now.plusMillis(1);
    now = changed;
    assertThat(reading.judge(changed, now).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    assertThat(reading.judge(changed, now).figures()).endsWith("not since the flags changed");
    reading = reading.after(Measurement.of(now, 2));
    assertThat(reading.judge(changed, now).verdict())
        .as("one that may be beyond the limit is not what passed")
        .isEqualTo(Verdict.INCONCLUSIVE);
  }

  @Test
  void numbersAreSaidShortly() {
    verdict(0.123456789);
    assertThat(judge().figures()).startsWith("0.123457,");
    verdict(1_234_567_890_123_456.0);
    assertThat(judge().figures()).startsWith("1.23457E+15,");
    verdict(-0.0);
    assertThat(judge().figures()).startsWith("0,");
    verdict(120);
    assertThat(judge().figures()).startsWith("120,");
  }

  private Verdict verdict(double value) {
    reading = reading.after(Measurement.of(now, value));
    return judge().verdict();
  }

  private Verdict nothing() {
    reading = reading.after(Measurement.none(now, Finding.of(Phrase.CHECK_NO_DATA)));
    return judge().verdict();
  }

  private GateResult judge() {
    return reading.judge(SINCE, now);
  }

  private static CheckReading unmeasured(
      @Nullable Double atLeast, @Nullable Double atMost, int failureLimit, int inconclusiveLimit) {
    return CheckReading.unmeasured(
        new CheckReading.Terms(
            "load",
            atLeast,
            atMost,
            failureLimit,
            inconclusiveLimit,
            Duration.ofMinutes(2),
            false,
            false));
  }
}
