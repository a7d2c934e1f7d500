package io.crossfade.db.logging;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What fails again and again until it does not, as the log tells it: the first failure, then a line
 * a minute with how often, then the end. Of outages that follow each other closely there is a line
 * a minute, too. Safe for use by several threads.
 */
public final class OutageLog {

  /** Shortest time between two lines that say that something fails. */
  static final Duration EVERY = Duration.ofMinutes(1);

  private final Logger log;
  private final String what;
  private final LongSupplier nanoTime;
  private boolean told;
  private long toldAt;
  private long begunAt;
  private long lastAt;
  private long failures;

  /**
   * @param log of whoever fails
   * @param what cannot be done, for example {@code Cannot write health records}
   */
  public OutageLog(Logger log, String what) {
    this(log, what, System::nanoTime);
  }

  /**
   * The same by another clock.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  public OutageLog(Logger log, String what, LongSupplier nanoTime) {
    this.log = log;
    this.what = what;
    this.nanoTime = nanoTime;
    this.toldAt = nanoTime.getAsLong() - EVERY.toNanos();
    this.lastAt = toldAt;
  }

  /** It failed once more. */
  public void failed(String why) {
    failed(why, null);
  }

  /**
   * It failed once more.
   *
   * @param thrown for the stack trace of the first failure
   */
  public synchronized void failed(String why, @Nullable Throwable thrown) {
    long now = nanoTime.getAsLong();
    if (failures == 0 || (!told && now - lastAt >= EVERY.toNanos())) {
      begunAt = now;
      failures = 0;
    }
    failures++;
    lastAt = now;
    if (now - toldAt < EVERY.toNanos()) {
      return;
    }
    told = true;
    toldAt = now;
    if (failures == 1) {
      log.warn("{}: {}; trying again", what, why, thrown);
    } else {
      log.warn("{} for {} s, {} failures, the last: {}", what, seconds(now), failures, why);
    }
  }

  /** It worked: an outage that was told of ends. */
  public synchronized void worked() {
    if (told) {
      log.info(
          "{}: over, after {} s and {} failures", what, seconds(nanoTime.getAsLong()), failures);
      told = false;
      failures = 0;
    }
  }

  private long seconds(long now) {
    return Duration.ofNanos(now - begunAt).toSeconds();
  }
}
