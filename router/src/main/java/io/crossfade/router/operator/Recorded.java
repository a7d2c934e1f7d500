package io.crossfade.router.operator;

import java.util.List;

/**
 * What somebody did, as the audit has it.
 *
 * @param acts ids of its entries, which {@code GET /api/audit/{id}} shows; none when there was
 *     nothing to do
 */
public record Recorded(List<Long> acts) {

  /** A single one. */
  public static Recorded of(long act) {
    return new Recorded(List.of(act));
  }
}
