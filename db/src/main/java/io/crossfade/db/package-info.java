/**
 * What a stored record is: its types, its id, its schema, its idempotent writers and its scans.
 * Both paths write through this package and the reconciler reads through it; it knows neither.
 *
 * <p>Where to begin:
 *
 * <ol>
 *   <li>{@link io.crossfade.db.AcceptedRecord} and its {@link io.crossfade.db.Acceptance}: what a
 *       router makes of an item of an upload, once. {@link io.crossfade.db.RecordId} says what it
 *       is, {@link io.crossfade.db.AcceptanceStamp} when it was accepted, {@link
 *       io.crossfade.db.RouteReason} why it goes its way.
 *   <li>{@link io.crossfade.db.RecordCodec}: the same as bytes, in streams and dead letters.
 *   <li>{@link io.crossfade.db.OutputTables} and {@link io.crossfade.db.OutputTable}: the tables,
 *       and the one statement by which rows of the same id converge in any order.
 *   <li>{@link io.crossfade.db.Output}: writes a batch, and finds the row that the database
 *       refuses; {@link io.crossfade.db.WriteAttempts} and {@link io.crossfade.db.SqlFaults} say
 *       whose fault it is.
 *   <li>{@link io.crossfade.db.TableReader} and {@link io.crossfade.db.OutputScan}: how rows are
 *       read to be compared, as raw bytes first.
 *   <li>{@link io.crossfade.db.DbConfiguration}: what an application imports. Pools give no
 *       connection before their schema is up to date.
 * </ol>
 *
 * <p>What the control schema holds is in {@code control}, loops and the end of a process in {@code
 * process}, memory in {@code budget}. Why it is so: {@code db/RATIONALE.md}.
 */
@NullMarked
package io.crossfade.db;

import org.jspecify.annotations.NullMarked;
