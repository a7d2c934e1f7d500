/** Compares the two outputs. Reads nothing but them, and knows neither path. */
@NullMarked
package io.crossfade.reconciler;

import org.jspecify.annotations.NullMarked;
