package io.crossfade.router.gates;

import java.time.Duration;
import java.time.Instant;

/** Gates as they are unless they are set otherwise. */
public final class TestGates {

  private TestGates() {}

  /**
   * Decides by them.
   *
   * @param soak how long a stage has to last
   */
  public static GatePolicy policy(Duration soak) {
    return new GatePolicy(
        new GateSettings(
            99.9, soak, Duration.ofMinutes(1), 0.5, 0.1, 2, 1_000, 1_000, Duration.ofMinutes(5)));
  }

  /**
   * A check named {@code load} that may be 1 at most, measured once.
   *
   * @param rollsBack whether it sends a kind back
   */
  public static CheckReading check(double value, Instant at, boolean rollsBack, boolean dryRun) {
    return CheckReading.unmeasured(
            new CheckReading.Terms(
                "load", null, 1.0, 0, 0, Duration.ofMinutes(2), dryRun, rollsBack))
        .after(Measurement.of(at, value));
  }
}
