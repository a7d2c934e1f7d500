/** Decides each record's way and sends it there. */
@NullMarked
package io.crossfade.router.routing;

import org.jspecify.annotations.NullMarked;
