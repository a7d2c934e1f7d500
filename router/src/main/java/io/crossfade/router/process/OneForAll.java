package io.crossfade.router.process;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One answer for all who ask within a moment, so that many cost as much as one. Who comes while the
 * question is being asked waits for its answer, and asks again only if there is none.
 */
public final class OneForAll<T> {

  private final Supplier<T> question;
  private final long keptNanos;
  private final LongSupplier nanoTime;
  private @Nullable T answer;
  private long answeredAt;

  /**
   * @param kept how long, from when it is there, an answer is given to others
   * @param nanoTime as {@link System#nanoTime}
   */
  public OneForAll(Supplier<T> question, Duration kept, LongSupplier nanoTime) {
    this.question = question;
    this.keptNanos = kept.toNanos();
    this.nanoTime = nanoTime;
  }

  public synchronized T get() {
    T known = answer;
    if (known == null || nanoTime.getAsLong() - answeredAt >= keptNanos) {
      answer = null;
      known = question.get();
      answer = known;
      answeredAt = nanoTime.getAsLong();
    }
    return known;
  }
}
