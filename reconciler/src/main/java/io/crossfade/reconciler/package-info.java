/**
 * Compares the two outputs. Reads nothing but them, and knows neither path.
 *
 * <p>From what is asked to what is said, and where to begin:
 *
 * <ol>
 *   <li>{@link io.crossfade.reconciler.ComparisonRequest} is asked for by the rolling comparison,
 *       by the night ({@code nightly}), by a person or by a repair; {@link
 *       io.crossfade.reconciler.RunClaims} gives it to one worker.
 *   <li>{@link io.crossfade.reconciler.Comparison} works on it, table by table: {@code diff} reads,
 *       merges and looks twice, and plants rows to prove that it would have noticed.
 *   <li>{@code explain} says why a row may differ, with the evidence for that row.
 *   <li>{@code accounting} knows of every accepted record by name, and so what is lost.
 *   <li>{@code verdict} says what the figures allow to be said; {@code report} says it.
 *   <li>{@code repair} brings rows over; {@code selftest} tries all of this on rows of its own.
 * </ol>
 *
 * <p>A row means something only once both paths are <em>past</em> it: everything that was accepted
 * earlier is written, or known not to be ({@link io.crossfade.reconciler.WrittenUntil}). {@code
 * tables} compares any two tables of anybody's, and {@code cli} is the command line of both. Why it
 * is so: {@code reconciler/RATIONALE.md}.
 */
@NullMarked
package io.crossfade.reconciler;

import org.jspecify.annotations.NullMarked;
