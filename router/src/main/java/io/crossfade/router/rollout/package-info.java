/** What the flags say of each kind. */
@NullMarked
package io.crossfade.router.rollout;

import org.jspecify.annotations.NullMarked;
