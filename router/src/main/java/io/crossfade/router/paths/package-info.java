/** The paths as the router uses them: guarded, with a fallback. */
@NullMarked
package io.crossfade.router.paths;

import org.jspecify.annotations.NullMarked;
