package io.crossfade.reconciler;

import io.crossfade.db.AcceptanceStamp;
import java.time.Instant;

/** Which records to compare: those accepted in {@code [from, to)}. */
public record ComparisonWindow(Instant from, Instant to) {

  public ComparisonWindow {
    if (to.isBefore(from)) {
      throw new IllegalArgumentException(
          "Window ends at %s, before it starts at %s".formatted(to, from));
    }
  }

  long fromStamp() {
    return AcceptanceStamp.floor(from);
  }

  long toStamp() {
    return AcceptanceStamp.floor(to);
  }
}
