/** What a field of a record holds, whatever kind it is of. */
@NullMarked
package io.crossfade.db.field;

import org.jspecify.annotations.NullMarked;
