/** The reconciler on a command line. */
@NullMarked
package io.crossfade.reconciler.cli;

import org.jspecify.annotations.NullMarked;
