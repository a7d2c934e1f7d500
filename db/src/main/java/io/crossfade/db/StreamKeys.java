package io.crossfade.db;

import org.jspecify.annotations.Nullable;

/**
 * The streams of a kind.
 *
 * @param urgent which is read first; {@code null} where no record goes ahead
 */
public record StreamKeys(String ordinary, @Nullable String urgent) {}
