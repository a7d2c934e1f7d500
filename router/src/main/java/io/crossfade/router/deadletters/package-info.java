/** What people do about records that no output could take. */
@NullMarked
package io.crossfade.router.deadletters;

import org.jspecify.annotations.NullMarked;
