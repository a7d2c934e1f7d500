package io.crossfade.db;

import org.jspecify.annotations.Nullable;

/** Whom a record belongs to, as the device said; {@code null} where it did not. */
public record Owner(@Nullable Long customerId, @Nullable Long orgId, @Nullable Long userId) {

  public static final Owner UNSET = new Owner(null, null, null);
}
