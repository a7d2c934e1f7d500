package io.crossfade.router.campaign;

import io.crossfade.router.campaign.Truth.Told;

/**
 * A fault that struck.
 *
 * @param router that it struck, if it strikes one
 * @param fromMillis since the epoch, as {@code toMillis}, when all was made good again
 */
record Strike(Fault fault, String router, long fromMillis, long toMillis) {

  /** Whether a record may have been in the memory of the router that this killed. */
  boolean mayHaveKilled(Told told) {
    return fault.kills()
        && told.attempts().stream()
            .anyMatch(
                attempt -> attempt.router().equals(router) && attempt.fromMillis() <= toMillis);
  }
}
