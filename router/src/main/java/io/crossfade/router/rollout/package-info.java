/** Who may switch what, when, and what becomes of it. */
@NullMarked
package io.crossfade.router.rollout;

import org.jspecify.annotations.NullMarked;
