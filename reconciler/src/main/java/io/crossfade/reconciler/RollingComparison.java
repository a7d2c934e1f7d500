package io.crossfade.reconciler;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.Kind;
import io.crossfade.db.RouteReason;
import io.crossfade.db.WindowFigures;
import io.crossfade.reconciler.ComparisonRuns.Run;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what was accepted since the last time, window after window without a gap. A window with
 * unexplained differences is looked at a second time before it is believed.
 */
public final class RollingComparison {

  private static final Logger log = LoggerFactory.getLogger(RollingComparison.class);

  /** The first window looks back so far; a longer gap is closed in steps of this. */
  private static final Duration LONGEST_WINDOW = Duration.ofMinutes(5);

  private final DataSource legacy;
  private final DataSource stream;
  private final Comparison comparison;
  private final ComparisonRuns runs;
  private Optional<ComparisonWindow> doubted = Optional.empty();

  public RollingComparison(
      DataSource legacy, DataSource stream, Comparison comparison, ComparisonRuns runs) {
    this.legacy = legacy;
    this.stream = stream;
    this.comparison = comparison;
    this.runs = runs;
  }

  /**
   * Compares up to a moment that both paths are past. For one caller at a time.
   *
   * @return what was found, one per kind; empty when there is nothing new, or a second look is due
   *     at the next call
   * @throws SQLException when a database cannot be read; the window is compared next time
   */
  public List<Run> advance(Instant until) throws SQLException {
    Optional<Instant> comparedUntil = runs.comparedUntil();
    // Another router may have compared it meanwhile.
    doubted = doubted.filter(again -> comparedUntil.map(again.from()::equals).orElse(true));
    ComparisonWindow window =
        doubted.orElseGet(() -> next(comparedUntil.orElse(until.minus(LONGEST_WINDOW)), until));
    if (window.from().equals(window.to())) {
      return List.of();
    }
    ComparisonResult result = comparison.run(window);
    boolean doubtful = false;
    for (Kind kind : Kind.values()) {
      doubtful |= result.unexplained(kind) > 0;
    }
    if (doubtful && doubted.isEmpty()) {
      log.info(
          "Unexplained differences among what was accepted from {} to {}: a second look follows",
          window.from(),
          window.to());
      doubted = Optional.of(window);
      return List.of();
    }
    doubted = Optional.empty();
    List<Run> found = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      found.add(run(kind, window, result));
    }
    runs.keep(found);
    return found;
  }

  private static ComparisonWindow next(Instant from, Instant until) {
    Instant longest = from.plus(LONGEST_WINDOW);
    Instant to = until.isBefore(longest) ? until : longest;
    return new ComparisonWindow(from, to.isBefore(from) ? from : to);
  }

  private Run run(Kind kind, ComparisonWindow window, ComparisonResult result) throws SQLException {
    long from = AcceptanceStamp.floor(window.from());
    long to = AcceptanceStamp.floor(window.to());
    WindowFigures ofLegacy = WindowFigures.read(legacy, kind, from, to);
    WindowFigures ofStream = WindowFigures.read(stream, kind, from, to);
    List<TableResult> tables = result.of(kind);
    return new Run(
        kind,
        window,
        tables.stream().mapToLong(TableResult::matching).sum(),
        tables.stream().mapToLong(TableResult::differing).sum(),
        tables.stream().mapToLong(TableResult::missingInStream).sum(),
        tables.stream().mapToLong(TableResult::missingInLegacy).sum(),
        tables.stream().mapToLong(TableResult::explained).sum(),
        tables.stream().mapToLong(TableResult::urgentMissing).sum(),
        ofLegacy.rows(RouteReason.STREAM_UNAVAILABLE),
        ofStream.rows(RouteReason.FLAG, RouteReason.OPT_IN),
        ofLegacy.acceptToRowP95(),
        ofStream.acceptToRowP95());
  }
}
