/**
 * What stands where at this moment, and what needs a person: one answer for the console and for
 * whoever asks the API.
 */
@NullMarked
package io.crossfade.router.overview;

import org.jspecify.annotations.NullMarked;
