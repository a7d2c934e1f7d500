/** What a process is: its loops, which cannot end in silence, and how it ends itself. */
@NullMarked
package io.crossfade.db.process;

import org.jspecify.annotations.NullMarked;
