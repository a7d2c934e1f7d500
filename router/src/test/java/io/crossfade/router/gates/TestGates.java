package io.crossfade.router.gates;

import java.time.Duration;

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
}
