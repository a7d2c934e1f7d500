package io.crossfade.router.overview;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How full the memory queue of a kind is, on this router.
 *
 * @param held records in it
 * @param capacity records that it holds at most
 * @param oldest time since the acceptance of the oldest of them; {@code null} when there is none
 * @param untilFull at the rate of the last seconds; {@code null} while it does not grow
 */
public record QueueFill(
    int held, int capacity, @Nullable Duration oldest, @Nullable Duration untilFull) {

  /** From here on somebody should look, percent. */
  static final double FILLING = 80;

  /** Below, batches that come and go are no growth, percent. */
  private static final double GROWING = 1;

  /** Longer is not full in any time that a person plans for. */
  private static final Duration NOT_SOON = Duration.ofDays(1);

  /**
   * From what was measured.
   *
   * @param growth records per second that it holds more
   */
  static QueueFill of(int held, int capacity, @Nullable Duration oldest, double growth) {
    double percent = 100.0 * held / capacity;
    double seconds = Math.max(0, capacity - held) / growth;
    boolean grows = growth > 0 && percent >= GROWING && seconds < NOT_SOON.toSeconds();
    return new QueueFill(
        held, capacity, oldest, grows ? Duration.ofMillis(Math.round(1_000 * seconds)) : null);
  }

  /** Of its capacity. */
  public double percent() {
    return 100.0 * held / capacity;
  }

  /** In full, rounded up: what holds something is not empty. */
  public String percentText() {
    return (int) Math.ceil(percent()) + " %";
  }

  /** Whether somebody should look. */
  public boolean isFilling() {
    return percent() >= FILLING;
  }
}
