package io.crossfade.bad.db;

import io.crossfade.legacy.LegacyPath;

/** Breaks a rule on purpose: knows who uses it. */
@SuppressWarnings("unused")
record KnowingDb(LegacyPath path) {}
