/** Kinds of record that a file defines: what such a file can say, and its reading. */
@NullMarked
package io.crossfade.db.kind;

import org.jspecify.annotations.NullMarked;
