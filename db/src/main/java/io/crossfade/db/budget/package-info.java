/** How many bytes may be in the process at once, from socket to row. */
@NullMarked
package io.crossfade.db.budget;

import org.jspecify.annotations.NullMarked;
