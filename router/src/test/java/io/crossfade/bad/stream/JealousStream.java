package io.crossfade.bad.stream;

import io.crossfade.legacy.LegacyPath;

/** Breaks a rule on purpose: looks at the other path. */
@SuppressWarnings("unused")
record JealousStream(LegacyPath path) {}
