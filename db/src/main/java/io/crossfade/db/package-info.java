/** What a stored record is: its types, its id, its schema, its idempotent writers and its scans. */
@NullMarked
package io.crossfade.db;

import org.jspecify.annotations.NullMarked;
