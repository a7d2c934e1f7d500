package io.crossfade.router.gates;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GateForecastTest {

  private static final Instant NOW = Instant.parse("2026-11-27T03:00:00Z");

  private final GatePolicy policy = TestGates.policy(Duration.ofHours(1));
  private final GateForecast forecast = new GateForecast(policy);

  /** The slow way: look every minute for two hours. */
  @Test
  void gatePassesThenAndNotAMillisecondBefore() {
    int never = 0;
    int later = 0;
    for (long seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      GateEvidence figures = figures(random);
      for (Gate gate : Gate.values()) {
        Optional<Duration> told = forecast.untilItPasses(gate, figures);
        Duration seen = null;
        for (int second = 0; second <= 7_200 && seen == null; second += 60) {
          seen =
              passes(gate, figures, Duration.ofSeconds(second)) ? Duration.ofSeconds(second) : null;
        }
        String as = "%s, seed %d, told %s, seen %s".formatted(gate, seed, told, seen);
        if (told.isPresent()) {
          assertThat(passes(gate, figures, told.get())).as(as).isTrue();
          if (told.get().toMillis() > 1) {
            assertThat(passes(gate, figures, told.get().minusMillis(1))).as(as).isFalse();
            later++;
          }
        }
        if (seen == null) {
          assertThat(told.orElse(Duration.ofDays(1))).as(as).isGreaterThan(Duration.ofHours(2));
          never++;
        } else {
          assertThat(told).as(as).isPresent();
          assertThat(told.get()).as(as).isBetween(seen.minusSeconds(60), seen.plusMillis(1));
        }
      }
    }
    assertThat(never).isPositive();
    assertThat(later).isPositive();
  }

  @Test
  void whatOthersMeasureIsNotForetold() {
    GateEvidence figures = figures(new Random(1));
    assertThat(forecast.untilItPasses(Gate.CHECK, figures)).hasValue(Duration.ZERO);
    assertThat(
            forecast.untilItPasses(
                Gate.CHECK, figures.with(List.of(TestGates.check(2, NOW, false, false)))))
        .isEmpty();
  }

  private boolean passes(Gate gate, GateEvidence figures, Duration after) {
    return GatePolicy.overall(policy.judge(List.of(gate), GateForecast.later(figures, after)))
        == Verdict.PASS;
  }

  private static GateEvidence figures(Random random) {
    Duration lasted = Duration.ofMinutes(1 + random.nextInt(90));
    long compared = random.nextInt(6) == 0 ? 0 : random.nextInt(8_000);
    return new GateEvidence(
        NOW,
        NOW.minus(lasted),
        random.nextInt(8) == 0
            ? Optional.empty()
            : Optional.of(NOW.minusSeconds(random.nextInt(7) == 0 ? 301 : 30)),
        compared,
        random.nextInt(6) == 0 && compared > 0 ? 1 : 0,
        0,
        Optional.of(Duration.ofSeconds(60)),
        OptionalDouble.of(2_000),
        OptionalDouble.of(100),
        compared / 2,
        random.nextInt(4) == 0 ? 1 : 0,
        OptionalDouble.of(5_000),
        OptionalDouble.of(20_000),
        OptionalLong.of(0),
        random.nextInt(8) == 0 ? 0 : compared,
        Proof.NONE,
        0,
        0,
        0,
        OptionalLong.of(random.nextInt(4)));
  }
}
