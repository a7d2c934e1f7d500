/** Why the outputs differ where they do. */
@NullMarked
package io.crossfade.reconciler.explain;

import org.jspecify.annotations.NullMarked;
