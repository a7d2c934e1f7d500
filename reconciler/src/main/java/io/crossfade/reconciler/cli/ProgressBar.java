package io.crossfade.reconciler.cli;

import io.crossfade.reconciler.Comparisons;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a run is. */
final class ProgressBar {

  private static final int WIDTH = 30;

  private volatile @Nullable Long run;

  /** Draws this run from now on. */
  void of(long id) {
    run = id;
  }

  /** One state of the bar, with the time it still takes when the rest is like what was read. */
  static String line(double share, Duration since) {
    int full = (int) (share * WIDTH);
    String eta =
        share <= 0
            ? "?"
            : "%d s".formatted(Math.round(since.toMillis() / 1e3 * (1 - share) / share));
    return String.format(
        Locale.ROOT,
        "[%s%s] %3.0f %%, %s left",
        "#".repeat(full),
        "-".repeat(WIDTH - full),
        share * 100,
        eta);
  }

  /** What to draw now; empty before the run has begun and when it has ended. */
  Optional<String> state(Comparisons comparisons) {
    Long id = run;
    return Optional.ofNullable(id)
        .flatMap(comparisons::find)
        .filter(now -> !now.finished())
        .map(
            now ->
                line(
                    now.share(),
                    Duration.between(now.startedAt(), InstantSource.system().instant())));
  }
}
