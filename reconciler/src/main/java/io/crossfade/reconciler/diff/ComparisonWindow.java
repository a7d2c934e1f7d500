package io.crossfade.reconciler.diff;

import io.crossfade.db.AcceptanceStamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Which records to compare: those accepted in {@code [from, to)}. */
public record ComparisonWindow(Instant from, Instant to) {

  public ComparisonWindow {
    // As the control schema keeps them: what it rounds up would never be compared.
    from = from.truncatedTo(ChronoUnit.MILLIS);
    to = to.truncatedTo(ChronoUnit.MILLIS);
    if (to.isBefore(from)) {
      throw new IllegalArgumentException(
          "Window ends at %s, before it starts at %s".formatted(to, from));
    }
  }

  public long fromStamp() {
    return AcceptanceStamp.floor(from);
  }

  public long toStamp() {
    return AcceptanceStamp.floor(to);
  }

  boolean contains(long stamp) {
    return stamp >= fromStamp() && stamp < toStamp();
  }
}
