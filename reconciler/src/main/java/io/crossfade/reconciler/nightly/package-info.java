/** Every night the day before is compared, reported, and told to whoever wants to know. */
@NullMarked
package io.crossfade.reconciler.nightly;

import org.jspecify.annotations.NullMarked;
