package io.crossfade.reconciler.verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfidenceSequenceTest {

  private static final double ALPHA = 0.05;
  private static final double TARGET = 0.999;
  private static final int STREAMS = 1_000;
  private static final int LOOKS = 1_000;
  private static final int ROWS_A_LOOK = 25;

  @Test
  void nothingSeenSaysNothing() {
    assertThat(ConfidenceSequence.lower(0, 0)).isZero();
    assertThat(ConfidenceSequence.upper(0, 0)).isEqualTo(1);
  }

  /** Wilson's bound, which holds at one look alone, took 2,703. */
  @Test
  void cleanRowsThatShowTheTarget() {
    assertThat(ConfidenceSequence.lower(3_423, 3_423)).isLessThan(TARGET);
    assertThat(ConfidenceSequence.lower(3_424, 3_424)).isGreaterThanOrEqualTo(TARGET);
    assertThat(ConfidenceSequence.upper(3_424, 3_424)).isEqualTo(1);
  }

  /** And with some that differ: 4,481, 10,271 and 28,831 by Wilson's. */
  @ParameterizedTest
  @CsvSource({"1, 7931", "5, 15781", "20, 38161"})
  void rowsThatShowItWithSomeThatDiffer(long failures, long rows) {
    assertThat(ConfidenceSequence.lower(rows - failures, rows)).isGreaterThanOrEqualTo(TARGET);
    assertThat(ConfidenceSequence.lower(rows - failures - 100, rows - 100)).isLessThan(TARGET);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "10, 2", "100, 3", "1000, 6", "10000, 23"})
  void differencesThatFailIt(long rows, long failures) {
    assertThat(ConfidenceSequence.upper(rows - failures, rows)).isLessThan(TARGET);
    assertThat(ConfidenceSequence.upper(rows - failures + 1, rows)).isGreaterThan(TARGET);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 10, 1_000, 1_000_000, 10_000_000_000L})
  void boundsStandOnBothSidesOfWhatWasSeenAndComeCloser(long trials) {
    double before = 1;
    for (long more = trials; more <= trials * 1_000; more *= 10) {
      long successes = more - more / 10;
      double lower = ConfidenceSequence.lower(successes, more);
      double upper = ConfidenceSequence.upper(successes, more);
      assertThat(lower).isBetween(0.0, (double) successes / more);
      assertThat(upper).isBetween((double) successes / more, 1.0);
      assertThat(upper - lower).isLessThanOrEqualTo(before);
      before = upper - lower;
    }
    assertThat(before).isLessThan(trials < 1_000_000 ? 1 : 0.01);
    assertThat(ConfidenceSequence.upper(0, trials)).isLessThan(1);
    assertThat(ConfidenceSequence.lower(0, trials)).isZero();
  }

  /** The slow way: every share of a fine grid, from its definition, without logarithms. */
  @Test
  void boundsAreWhereSlowArithmeticPutsThem() {
    SplittableRandom random = new SplittableRandom(11);
    for (int world = 0; world < 200; world++) {
      int trials = 1 + random.nextInt(60);
      int successes = random.nextInt(trials + 1);
      double lower = 0;
      double upper = 1;
      for (int i = 1; i < 2_000; i++) {
        double share = i / 2_000.0;
        if (slowEvidence(successes, trials - successes, share, true) >= 20) {
          lower = Math.max(lower, share);
        }
        if (slowEvidence(successes, trials - successes, share, false) >= 20) {
          upper = Math.min(upper, share);
        }
      }
      assertThat(ConfidenceSequence.lower(successes, trials))
          .as("%d of %d", successes, trials)
          .isCloseTo(lower, within(0.0006));
      assertThat(ConfidenceSequence.upper(successes, trials)).isCloseTo(upper, within(0.0006));
    }
  }

  /**
   * Looked at after every 25 rows, 1,000 times, the true share is outside a bound in at most 5 % of
   * the streams. By Wilson's bound it is in 20 to 44 %, which shows that the test can fail.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0.999, 0.99, 0.9})
  void falseAlarmsStayRareHoweverOftenSomebodyLooks(double share) {
    SplittableRandom random = new SplittableRandom(20_261_126);
    int tooHigh = 0;
    int tooLow = 0;
    int wilson = 0;
    for (int stream = 0; stream < STREAMS; stream++) {
      long successes = 0;
      boolean high = false;
      boolean low = false;
      boolean once = false;
      for (int look = 1; look <= LOOKS; look++) {
        for (int row = 0; row < ROWS_A_LOOK; row++) {
          successes += random.nextDouble() < share ? 1 : 0;
        }
        long trials = (long) look * ROWS_A_LOOK;
        high |= ConfidenceSequence.isMore(successes, trials, share);
        low |= ConfidenceSequence.isLess(successes, trials, share);
        once |= wilsonLower(successes, trials) > share;
      }
      tooHigh += high ? 1 : 0;
      tooLow += low ? 1 : 0;
      wilson += once ? 1 : 0;
    }
    System.out.printf(
        "share %s: %d looks, %d streams: lower bound wrong in %.2f %%, upper in %.2f %%, Wilson's"
            + " lower in %.2f %%%n",
        share,
        LOOKS,
        STREAMS,
        100.0 * tooHigh / STREAMS,
        100.0 * tooLow / STREAMS,
        100.0 * wilson / STREAMS);
    assertThat((double) tooHigh / STREAMS).isLessThanOrEqualTo(ALPHA);
    assertThat((double) tooLow / STREAMS).isLessThanOrEqualTo(ALPHA);
    assertThat((double) wilson / STREAMS).isGreaterThan(2 * ALPHA);
  }

  /** A path that is truly good passes, one that is truly bad fails, within so many rows. */
  @ParameterizedTest
  @CsvSource({"0.99999, 10000", "0.9999, 25000", "0.995, 10000", "0.99, 3000", "0.9, 100"})
  void missesStayRare(double share, int rows) {
    SplittableRandom random = new SplittableRandom(7);
    int missed = 0;
    for (int stream = 0; stream < STREAMS; stream++) {
      long successes = 0;
      boolean seen = false;
      for (int row = 1; row <= rows && !seen; row++) {
        successes += random.nextDouble() < share ? 1 : 0;
        seen =
            row % ROWS_A_LOOK == 0
                && (share > TARGET
                    ? ConfidenceSequence.isMore(successes, row, TARGET)
                    : ConfidenceSequence.isLess(successes, row, TARGET));
      }
      missed += seen ? 0 : 1;
    }
    System.out.printf(
        "share %s: not decided in %d rows in %.2f %% of streams%n",
        share, rows, 100.0 * missed / STREAMS);
    assertThat((double) missed / STREAMS).isLessThan(0.1);
  }

  private static double slowEvidence(int successes, int failures, double share, boolean better) {
    double failing = 1 - share;
    double evidence = 0;
    double[] parts =
        better
            ? new double[] {
              0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99
            }
            : new double[] {
              1.01, 1.02, 1.05, 1.1, 1.2, 1.3, 1.5, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000
            };
    for (double part : parts) {
      double other = part * failing;
      if (other <= 1) {
        double weight = better ? (part == 0 ? 0.5 : 0.5 / 14) : 1.0 / parts.length;
        double ratio = weight;
        for (int i = 0; i < successes; i++) {
          ratio *= (1 - other) / share;
        }
        for (int i = 0; i < failures; i++) {
          ratio *= other / failing;
        }
        evidence += ratio;
      }
    }
    return evidence;
  }

  private static double wilsonLower(long successes, long trials) {
    double z = 1.6448536269514722;
    double n = trials;
    double seen = successes / n;
    double spread = z * Math.sqrt(seen * (1 - seen) / n + z * z / (4 * n * n));
    return (seen + z * z / (2 * n) - spread) / (1 + z * z / n);
  }
}
