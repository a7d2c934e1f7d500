/** The application: devices in front, both paths behind. */
@NullMarked
package io.crossfade.router;

import org.jspecify.annotations.NullMarked;
