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

  private static final int NONE = -1;

  private final InstantSource clock;
  private final AtomicLong last = new AtomicLong();
  private volatile int node = NONE;

  public Stamper(InstantSource clock) {
    this.clock = clock;
  }

  /**
   * Says which node stamps from now on.
   *
   * @param number 0 to 1023, no other running router's
   */
  public void node(int number) {
    if (number < 0 || number >= 1 << AcceptanceStamp.NODE_BITS) {
      throw new IllegalArgumentException("Node " + number + " is not between 0 and 1023");
    }
    node = number;
  }

  /**
   * @throws NoNodeException while this router has no number
   */
  Acceptance accept(RecordId id) {
    return new Acceptance(id, next(), RouteReason.FLAG);
  }

  long next() {
    int as = node;
    if (as == NONE) {
      throw new NoNodeException();
    }
    long now = clock.millis() << AcceptanceStamp.SEQUENCE_BITS;
    long tick = last.updateAndGet(before -> Math.max(before + 1, now));
    return (tick << AcceptanceStamp.NODE_BITS) | as;
  }
}
