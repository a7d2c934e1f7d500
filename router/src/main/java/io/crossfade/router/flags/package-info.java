/**
 * What is switched: the flags, where they are kept, and what counts of them here. Who may switch,
 * and when, is the rollout's.
 *
 * <ol>
 *   <li>{@link io.crossfade.router.flags.KindFlags} is what the three flags of a kind say; its
 *       {@link io.crossfade.router.flags.Stage} is only a name for the first two, and the opt-in,
 *       what clients of {@code _v2} endpoints may choose, stands beside it in every stage. {@link
 *       io.crossfade.router.flags.Cohort} says which devices a percentage selects.
 *   <li>{@link io.crossfade.router.flags.RolloutFlags} is asked by every request, and answers from
 *       memory whatever is away: what is stored, and every {@link
 *       io.crossfade.router.flags.PendingChange} that waits to be.
 *   <li>{@link io.crossfade.router.flags.FlagTable} is the store in the control schema: flags,
 *       version and history in one transaction. {@link io.crossfade.router.flags.FlagFile} is what
 *       a router finds at a start without it.
 *   <li>A row that cannot be used is put {@link io.crossfade.router.flags.Aside}; its kind stays as
 *       it was last switched.
 * </ol>
 *
 * <p>{@code FlagModelTest} holds all of that to a seeded model, under outages.
 */
@NullMarked
package io.crossfade.router.flags;

import org.jspecify.annotations.NullMarked;
