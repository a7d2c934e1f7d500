/**
 * What the control schema holds, typed: nobody else has its tables in SQL text, but for those that
 * are one module's own.
 */
@NullMarked
package io.crossfade.db.control;

import org.jspecify.annotations.NullMarked;
