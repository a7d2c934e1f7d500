package io.crossfade.reconciler;

import io.crossfade.db.InstanceName;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.diff.Throttle;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** Comparisons of outputs that a test has filled. */
public final class TestReconciler {

  static final ComparisonSettings SETTINGS =
      new ComparisonSettings(
          99.9, 1, Duration.ZERO, Duration.ofSeconds(10), Set.of("SOS_EVENT"), 1_000);

  private TestReconciler() {}

  /** Of outputs that hold all they will ever hold. */
  static Comparison drained(TestOutputs outputs) {
    return drained(outputs, Throttle.NONE);
  }

  static Comparison drained(TestOutputs outputs, Throttle throttle) {
    return comparison(outputs, () -> Optional.of(Instant.MAX), throttle, InstantSource.system());
  }

  static Comparison until(TestOutputs outputs, WrittenUntil writtenUntil, InstantSource clock) {
    return comparison(outputs, writtenUntil, Throttle.NONE, clock);
  }

  private static Comparison comparison(
      TestOutputs outputs, WrittenUntil writtenUntil, Throttle throttle, InstantSource clock) {
    return new Comparison(
        outputs.control(),
        outputs.legacy(),
        outputs.stream(),
        writtenUntil,
        throttle,
        SETTINGS,
        clock,
        InstanceName.unique());
  }
}
