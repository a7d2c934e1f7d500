/**
 * What is switched: the flags, where they are kept, and what counts of them here. Who may switch,
 * and when, is the rollout's.
 */
@NullMarked
package io.crossfade.router.flags;

import org.jspecify.annotations.NullMarked;
