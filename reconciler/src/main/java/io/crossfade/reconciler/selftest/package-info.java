/** The proof that a comparison finds every kind of difference and invents none. */
@NullMarked
package io.crossfade.reconciler.selftest;

import org.jspecify.annotations.NullMarked;
