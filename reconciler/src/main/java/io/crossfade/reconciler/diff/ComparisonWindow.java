package io.crossfade.reconciler.diff;

import io.crossfade.db.AcceptanceStamp;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

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

  /** Whether no record can be in it. */
  public boolean isEmpty() {
    return from.equals(to);
  }

  /** The window in at most so many parts, one after the other. */
  List<ComparisonWindow> slices(long most) {
    long width = Math.max(1, Math.ceilDiv(Duration.between(from, to).toMillis(), most));
    List<ComparisonWindow> slices = new ArrayList<>();
    for (Instant begin = from; begin.isBefore(to); begin = begin.plusMillis(width)) {
      Instant end = begin.plusMillis(width);
      slices.add(new ComparisonWindow(begin, end.isBefore(to) ? end : to));
    }
    return slices;
  }

  boolean contains(long stamp) {
    return stamp >= fromStamp() && stamp < toStamp();
  }
}
