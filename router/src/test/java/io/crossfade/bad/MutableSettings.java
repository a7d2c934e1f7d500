package io.crossfade.bad;

import java.time.Instant;

/** Breaks two rules on purpose: settings that change, and a clock that nobody passed in. */
@SuppressWarnings("unused")
final class MutableSettings {

  Instant readAt = Instant.now();
}
