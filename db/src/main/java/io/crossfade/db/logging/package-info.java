/** Log lines from which nothing that a client sent may act, or pass for a line of ours. */
@NullMarked
package io.crossfade.db.logging;

import org.jspecify.annotations.NullMarked;
