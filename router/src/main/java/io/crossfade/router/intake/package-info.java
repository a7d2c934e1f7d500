/** From an HTTP body to stamped records: read, normalise, stamp, answer. */
@NullMarked
package io.crossfade.router.intake;

import org.jspecify.annotations.NullMarked;
