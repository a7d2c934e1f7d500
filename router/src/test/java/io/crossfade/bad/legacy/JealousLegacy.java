package io.crossfade.bad.legacy;

import io.crossfade.stream.StreamHealth;

/** Breaks a rule on purpose: looks at the other path. */
@SuppressWarnings("unused")
record JealousLegacy(StreamHealth health) {}
