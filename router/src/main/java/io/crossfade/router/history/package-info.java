/** What all routers counted lately, slice by slice, and what happened meanwhile. */
@NullMarked
package io.crossfade.router.history;

import org.jspecify.annotations.NullMarked;
