package io.crossfade.reconciler;

import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

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
   * @return what was found; empty when there is nothing new, or nobody knows what is written
   * @throws SQLException when a database cannot be read; the window is compared next time
   */
  public Optional<ComparisonResult> advance() throws SQLException, InterruptedException {
    Optional<Instant> written = writtenUntil.now();
    if (written.isEmpty()) {
      return Optional.empty();
    }
    Instant until = written.get();
    Instant from = comparisons.comparedUntil().orElse(until.minus(LONGEST_WINDOW));
    Instant longest = from.plus(LONGEST_WINDOW);
    Instant to = until.isBefore(longest) ? until : longest;
    return to.isAfter(from)
        ? Optional.of(
            comparison.run(ComparisonRequest.all(Origin.ROLLING, new ComparisonWindow(from, to))))
        : Optional.empty();
  }

  /**
   * Does that until it has caught up with both paths.
   *
   * @param found gets every result
   * @throws SQLException when a database cannot be read; the window is compared next time
   */
  public void catchUp(Consumer<ComparisonResult> found) throws SQLException, InterruptedException {
    Optional<ComparisonResult> done;
    do {
      done = advance();
      done.ifPresent(found);
    } while (done.filter(RollingComparison::wasLongest).isPresent());
  }

  private static boolean wasLongest(ComparisonResult result) {
    return Duration.between(result.window().from(), result.window().to()).equals(LONGEST_WINDOW);
  }
}
