package io.crossfade.bad.router.giving;

import io.crossfade.bad.router.taking.Taker;

/** Knows whom it gives to, who knows it. */
public record Giver(Taker taker) {}
