/**
 * Compares any two tables that should be equal, with nothing but the right to read them. Knows
 * nothing of outputs, kinds or paths.
 *
 * <ol>
 *   <li>{@code PairsFile} and {@code PairSpec} say what somebody wants compared, {@code TableNames}
 *       which tables that are.
 *   <li>{@code TableShapes} asks each server what its table is like, and {@code Pairing} finds out
 *       how the two are compared, or refuses before a row is read.
 *   <li>{@code KeyOrders} looks for an order that both servers keep the key in; without one {@code
 *       Spill} brings rows together through files.
 *   <li>{@code TableDiff} runs it: {@code Ranges} cuts the table, {@code ChunkLook} merges a range,
 *       {@code SecondLook} asks again for what differed. {@code RowPlants} are in each range.
 *   <li>{@code ValueForm} says when two values are the same though their bytes are not.
 *   <li>{@code DiffState} remembers all of it, so that a run that was killed goes on; {@code
 *       DiffReport} says what came of it.
 * </ol>
 */
@NullMarked
package io.crossfade.reconciler.tables;

import org.jspecify.annotations.NullMarked;
