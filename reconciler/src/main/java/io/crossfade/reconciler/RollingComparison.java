package io.crossfade.reconciler;

import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.explain.DualWriteHistory;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares what was accepted since the last time, window after window without a gap. */
public final class RollingComparison {

  /** The first window looks back so far; a longer gap is closed in steps of this. */
  private static final Duration LONGEST_WINDOW = Duration.ofMinutes(5);

  private static final Logger log = LoggerFactory.getLogger(RollingComparison.class);

  private final DataSource control;
  private final Comparison comparison;
  private final Comparisons comparisons;
  private final WrittenUntil writtenUntil;

  public RollingComparison(
      DataSource control,
      Comparison comparison,
      Comparisons comparisons,
      WrittenUntil writtenUntil) {
    this.control = control;
    this.comparison = comparison;
    this.comparisons = comparisons;
    this.writtenUntil = writtenUntil;
  }

  /**
   * Compares window after window up to a moment that both paths are past now; nothing while nobody
   * knows what is written, or while another router is at it.
   *
   * @param found gets every result
   * @throws SQLException when a database cannot be read; the window is compared next time
   */
  public void catchUp(Consumer<ComparisonResult> found) throws SQLException, InterruptedException {
    Optional<Instant> written = writtenUntil.now();
    if (written.isEmpty()) {
      return;
    }
    // As windows are: of less than a millisecond there is none.
    Instant until = written.get().truncatedTo(ChronoUnit.MILLIS);
    Optional<ComparisonWindow> next = next(until);
    while (next.isPresent()) {
      ComparisonResult result;
      try {
        result = comparison.run(ComparisonRequest.all(Origin.ROLLING, next.get()));
      } catch (RunAtWorkException e) {
        log.debug("Nothing to compare here: {}", e.getMessage());
        return;
      }
      found.accept(result);
      // What was past a moment may not be any longer: a node came back with what it had to write.
      next = result.window().isEmpty() ? Optional.empty() : next(until);
    }
  }

  /**
   * The window after the last one. It ends where copying begins or ends: what was not copied is
   * only counted then, and what was copied needs no looking for rows that were not.
   */
  private Optional<ComparisonWindow> next(Instant until) {
    Instant from = comparisons.comparedUntil().orElse(until.minus(LONGEST_WINDOW));
    Instant longest = from.plus(LONGEST_WINDOW);
    Instant latest = until.isBefore(longest) ? until : longest;
    if (!latest.isAfter(from)) {
      return Optional.empty();
    }
    Instant to = DualWriteHistory.edgeAfter(control, from).filter(latest::isAfter).orElse(latest);
    return Optional.of(new ComparisonWindow(from, to));
  }
}
