package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import io.crossfade.router.flags.KindFlags;
import io.crossfade.router.rollout.NextStepPolicy.Count;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts which devices the next steps would move, beside whoever asks, and seldom: a table may have
 * a row for each record of years.
 */
final class StepCounts {

  /** A count that took long is kept for so many times as long. */
  private static final long KEPT_TIMES = 60;

  private static final long KEPT_AT_LEAST_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** Asks the output. */
  interface Question {
    KnownDevices.@Nullable Moves moves(Kind kind, KindFlags from, KindFlags to);
  }

  private record Counted(
      KindFlags from, KindFlags to, KnownDevices.@Nullable Moves moves, long atNanos, long took) {

    boolean isOf(KindFlags before, KindFlags after) {
      return from.equals(before) && to.equals(after);
    }

    boolean isOld() {
      return System.nanoTime() - atNanos > Math.max(KEPT_AT_LEAST_NANOS, KEPT_TIMES * took);
    }
  }

  private final Question question;
  private final Map<Kind, Counted> counted = new ConcurrentHashMap<>();
  private final Map<Kind, Boolean> underway = new ConcurrentHashMap<>();

  StepCounts(Question question) {
    this.question = question;
  }

  /** What is known by now; counts anew in the background when that is old, or of another step. */
  Count of(Kind kind, KindFlags from, KindFlags to) {
    Counted known = counted.get(kind);
    if (known != null && !known.isOf(from, to)) {
      known = null;
    }
    if ((known == null || known.isOld()) && underway.putIfAbsent(kind, true) == null) {
      Thread.startVirtualThread(() -> count(kind, from, to));
    }
    return known == null ? new Count.Underway() : new Count.Made(known.moves());
  }

  private void count(Kind kind, KindFlags from, KindFlags to) {
    long begin = System.nanoTime();
    try {
      KnownDevices.Moves moves = question.moves(kind, from, to);
      long end = System.nanoTime();
      counted.put(kind, new Counted(from, to, moves, end, end - begin));
    } finally {
      underway.remove(kind);
    }
  }
}
