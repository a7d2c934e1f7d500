/**
 * The router as a process: how its loops stand, what it asks of others for all who look, and errors
 * that end it.
 */
@NullMarked
package io.crossfade.router.process;

import org.jspecify.annotations.NullMarked;
