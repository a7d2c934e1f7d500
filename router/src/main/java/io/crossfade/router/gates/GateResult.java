package io.crossfade.router.gates;

import io.crossfade.reconciler.verdict.Verdict;

/**
 * A gate's verdict with its numbers.
 *
 * @param figures what was measured beside the limit, in words, with the sample size
 */
public record GateResult(Gate gate, Verdict verdict, String figures) {}
