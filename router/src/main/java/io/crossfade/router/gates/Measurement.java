package io.crossfade.router.gates;

import java.time.Instant;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What a check was answered once: a finite number, or why there was none.
 *
 * @param at when it was asked
 * @param trouble {@code null} exactly when there is a value
 */
record Measurement(Instant at, OptionalDouble value, @Nullable Finding trouble) {

  static Measurement of(Instant at, double value) {
    return new Measurement(at, OptionalDouble.of(value), null);
  }

  static Measurement none(Instant at, Finding trouble) {
    return new Measurement(at, OptionalDouble.empty(), trouble);
  }
}
