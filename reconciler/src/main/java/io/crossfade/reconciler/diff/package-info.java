/** Reading both outputs in key order, merging them, and looking twice at where they part. */
@NullMarked
package io.crossfade.reconciler.diff;

import org.jspecify.annotations.NullMarked;
