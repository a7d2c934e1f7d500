package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What comparing a window found, per kind and table. */
public record ComparisonResult(ComparisonWindow window, Map<Kind, List<TableResult>> tables) {

  /** Ids of a kind that at least one output has. */
  public long compared(Kind kind) {
    return of(kind).stream().mapToLong(TableResult::compared).sum();
  }

  /** Rows of a kind that differ or are missing, and nobody knows why. */
  public long unexplained(Kind kind) {
    return of(kind).stream().mapToLong(TableResult::unexplained).sum();
  }

  /**
   * Matching ids of a kind in percent, explained differences counted as matching, three decimals,
   * rounded down: 100.000 means all. Empty when there was nothing to compare, which is no evidence
   * of anything.
   */
  public Optional<BigDecimal> consistency(Kind kind) {
    return percent(of(kind));
  }

  /** The same over all kinds. */
  public Optional<BigDecimal> consistency() {
    return percent(tables.values().stream().flatMap(List::stream).toList());
  }

  /** The tables of a kind, the one with a row per record first. */
  public List<TableResult> of(Kind kind) {
    return tables.getOrDefault(kind, List.of());
  }

  private static Optional<BigDecimal> percent(List<TableResult> results) {
    long compared = results.stream().mapToLong(TableResult::compared).sum();
    long matching = compared - results.stream().mapToLong(TableResult::unexplained).sum();
    return compared == 0
        ? Optional.empty()
        : Optional.of(
            BigDecimal.valueOf(matching)
                .multiply(BigDecimal.valueOf(100))
                .divide(BigDecimal.valueOf(compared), 3, RoundingMode.FLOOR));
  }
}
