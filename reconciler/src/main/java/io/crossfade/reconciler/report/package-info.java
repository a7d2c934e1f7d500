/** What was found, for people and for programs. */
@NullMarked
package io.crossfade.reconciler.report;

import org.jspecify.annotations.NullMarked;
