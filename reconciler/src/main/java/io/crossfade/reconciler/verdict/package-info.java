/** What the figures allow to be said. */
@NullMarked
package io.crossfade.reconciler.verdict;

import org.jspecify.annotations.NullMarked;
