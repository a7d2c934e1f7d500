/**
 * Reading both outputs in key order, merging them, and looking twice at where they part.
 *
 * <ol>
 *   <li>{@link io.crossfade.reconciler.diff.TableComparison} does one table of a window.
 *   <li>{@code SideReader} and {@code ReadAhead} read each side, page by page; {@code OutputDiff}
 *       merges what comes. It is pure, and the place to begin.
 *   <li>{@code FirstLook} counts, and keeps what has no equal partner; the second look reads it
 *       again by its id once both paths are past it.
 *   <li>{@code RowPair} says how two rows of one id differ, {@link
 *       io.crossfade.reconciler.diff.Explainer} why they may.
 *   <li>{@code Saboteur} stands between an output and the comparison and shows it the {@code
 *       Plants} of {@code PlantDraw}; {@link io.crossfade.reconciler.diff.Proof} is what the run
 *       made of them.
 * </ol>
 *
 * <p>{@link io.crossfade.reconciler.diff.DifferenceLedger} is what it remembers all by, so that
 * another process can go on with it.
 */
@NullMarked
package io.crossfade.reconciler.diff;

import org.jspecify.annotations.NullMarked;
