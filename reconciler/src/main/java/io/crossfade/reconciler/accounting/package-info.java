/** Every accepted record by name, in a file that survives the process, and what became of it. */
@NullMarked
package io.crossfade.reconciler.accounting;

import org.jspecify.annotations.NullMarked;
