/** The path being migrated: a bounded memory queue per kind, batches, writers. */
@NullMarked
package io.crossfade.legacy;

import org.jspecify.annotations.NullMarked;
