/** What the reconciler found, for people and programs at the API. */
@NullMarked
package io.crossfade.router.reconciliation;

import org.jspecify.annotations.NullMarked;
