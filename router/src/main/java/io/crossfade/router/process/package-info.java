/** The router as a process: how its loops stand, and errors that end it. */
@NullMarked
package io.crossfade.router.process;

import org.jspecify.annotations.NullMarked;
