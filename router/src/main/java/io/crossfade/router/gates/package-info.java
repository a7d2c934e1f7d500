/** Judges by figures whether a kind may go on, and whether it must go back. */
@NullMarked
package io.crossfade.router.gates;

import org.jspecify.annotations.NullMarked;
