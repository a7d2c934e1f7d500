package io.crossfade.router.intake;

import io.crossfade.db.Acceptance;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.RecordId;
import io.crossfade.db.RouteReason;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Gives every record its place in the order of acceptances. Stamps only grow, also when the clock
 * steps back; more than 1,024 in a millisecond borrow from the next.
 */
public final class Stamper {

  private final InstantSource clock;
  private final int node;
  private final AtomicLong last = new AtomicLong();

  /**
   * @param node 0 to 1023, no other running router's
   */
  public Stamper(InstantSource clock, int node) {
    if (node < 0 || node >= 1 << AcceptanceStamp.NODE_BITS) {
      throw new IllegalArgumentException("Node " + node + " is not between 0 and 1023");
    }
    this.clock = clock;
    this.node = node;
  }

  Acceptance accept(RecordId id) {
    return new Acceptance(id, next(), RouteReason.FLAG);
  }

  long next() {
    long now = clock.millis() << AcceptanceStamp.SEQUENCE_BITS;
    long tick = last.updateAndGet(before -> Math.max(before + 1, now));
    return (tick << AcceptanceStamp.NODE_BITS) | node;
  }
}
