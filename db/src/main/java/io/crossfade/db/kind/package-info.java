/**
 * Kinds of record that a file defines, or code in the words of a file: what such a file can say,
 * and its reading.
 *
 * <p>Whoever writes a kind by code needs {@link io.crossfade.db.kind.KindProvider} and no more.
 */
@NullMarked
package io.crossfade.db.kind;

import org.jspecify.annotations.NullMarked;
