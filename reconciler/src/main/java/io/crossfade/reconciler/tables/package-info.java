/** Compares any two tables that should be equal, with nothing but the right to read them. */
@NullMarked
package io.crossfade.reconciler.tables;

import org.jspecify.annotations.NullMarked;
