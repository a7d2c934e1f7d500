/** Bringing rows from one output to the other, on a person's word. */
@NullMarked
package io.crossfade.reconciler.repair;

import org.jspecify.annotations.NullMarked;
