package io.crossfade.reconciler;

import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Compares what was accepted since the last time, window after window without a gap. */
public final class RollingComparison {

  /** The first window looks back so far; a longer gap is closed in steps of this. */
  private static final Duration LONGEST_WINDOW = Duration.ofMinutes(5);

  private final Comparison comparison;
  private final Comparisons comparisons;
  private final WrittenUntil writtenUntil;

  public RollingComparison(
      Comparison comparison, Comparisons comparisons, WrittenUntil writtenUntil) {
    this.comparison = comparison;
    this.comparisons = comparisons;
    this.writtenUntil = writtenUntil;
  }

  /**
   * Compares up to a moment that both paths are past. For one caller at a time.
   *
   * @return what was found; empty when there is nothing new
   * @throws SQLException when a database cannot be read; the window is compared next time
   */
  public Optional<ComparisonResult> advance() throws SQLException, InterruptedException {
    Instant until = writtenUntil.now().orElse(Instant.EPOCH);
    Instant from = comparisons.comparedUntil().orElse(until.minus(LONGEST_WINDOW));
    Instant longest = from.plus(LONGEST_WINDOW);
    Instant to = until.isBefore(longest) ? until : longest;
    return to.isAfter(from)
        ? Optional.of(
            comparison.run(ComparisonRequest.all(Origin.ROLLING, new ComparisonWindow(from, to))))
        : Optional.empty();
  }
}
