/** The new path: append to Redis Streams, consume in batches, reclaim, dead letters, backlog. */
@NullMarked
package io.crossfade.stream;

import org.jspecify.annotations.NullMarked;
