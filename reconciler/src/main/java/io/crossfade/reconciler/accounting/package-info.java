/**
 * Every accepted record by name, in a file that survives the process, and what became of it.
 *
 * <ol>
 *   <li>{@link io.crossfade.reconciler.accounting.AcceptanceJournal} notes each acceptance before
 *       the device is answered, in a {@code JournalSegment} of the process' {@code
 *       JournalDirectory}.
 *   <li>{@link io.crossfade.reconciler.accounting.Accounting} takes segments that are closed, its
 *       own and those of processes that died beside it.
 *   <li>{@code Accountant} looks up what became of each: written, a repeat, dead, or lost; {@link
 *       io.crossfade.reconciler.accounting.AccountBook} keeps the counts and the names of what is
 *       lost.
 *   <li>{@code DiedCopies} notes what a router that died could not say any more.
 * </ol>
 */
@NullMarked
package io.crossfade.reconciler.accounting;

import org.jspecify.annotations.NullMarked;
