package io.crossfade.bad.reconciler;

import io.crossfade.stream.StreamHealth;

/** Breaks a rule on purpose: asks a writer. */
@SuppressWarnings("unused")
record TrustingReconciler(StreamHealth health) {}
