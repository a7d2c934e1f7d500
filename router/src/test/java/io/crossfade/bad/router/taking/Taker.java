package io.crossfade.bad.router.taking;

import io.crossfade.bad.router.giving.Giver;
import java.util.List;

/** Knows whom it takes from, who knows it. */
public record Taker(List<Giver> givers) {

  Giver first() {
    return givers.getFirst();
  }
}
