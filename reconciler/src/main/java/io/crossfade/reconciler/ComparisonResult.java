package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Proof;
import io.crossfade.reconciler.verdict.Reason;
import io.crossfade.reconciler.verdict.Verdict;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What comparing a window found.
 *
 * @param id under which the run and its differences are in the control schema
 * @param window what was compared: of what was asked for, what both paths are past
 * @param settled whether both paths were past what differed when it was looked at again
 * @param tables per kind, the one with a row per record first
 * @param figures per kind
 * @param droppedCopies copies noted as dropped while the window was accepted, of all kinds
 * @param target least share of agreeing rows, percent
 * @param mostExplained greatest share of explained rows, percent
 */
public record ComparisonResult(
    long id,
    Origin origin,
    ComparisonWindow window,
    Instant startedAt,
    Instant finishedAt,
    boolean settled,
    Map<Kind, List<TableResult>> tables,
    Map<Kind, KindFigures> figures,
    long droppedCopies,
    double target,
    double mostExplained) {

  /** Ids of a kind that at least one output has. */
  public long compared(Kind kind) {
    return of(kind).stream().mapToLong(TableResult::compared).sum();
  }

  /** Rows of a kind that do not agree, and nobody knows why. */
  public long unexplained(Kind kind) {
    return of(kind).stream().mapToLong(TableResult::unexplained).sum();
  }

  /** Rows of one class of differences, over all kinds. */
  public long count(DifferenceClass kind) {
    return all().stream().mapToLong(table -> table.count(kind)).sum();
  }

  /**
   * Matching ids of a kind in percent, explained differences counted as matching, three decimals,
   * rounded down: 100.000 means all. Empty when there was nothing to compare, which is no evidence
   * of anything.
   */
  public Optional<BigDecimal> consistency(Kind kind) {
    return percent(of(kind), true);
  }

  /** The same over all kinds. */
  public Optional<BigDecimal> consistency() {
    return percent(all(), true);
  }

  /** The same, explained differences counted as differences. */
  public Optional<BigDecimal> rawConsistency() {
    return percent(all(), false);
  }

  /** What became of the rows that were planted, of all kinds. */
  public Proof proof() {
    return KindFigures.proofOf(figures.values());
  }

  /** Whether every kind that had rows to compare is proven. */
  public boolean isProven() {
    return figures.values().stream().allMatch(KindFigures::isProven);
  }

  /** What agrees, what is explained and what is lost, over all kinds. */
  public Headline headline() {
    return headline(figures.values(), all(), droppedCopies);
  }

  /** The same of a kind; nobody knows of which kind a dropped copy was. */
  public Headline headline(Kind kind) {
    KindFigures of = figures.get(kind);
    return headline(of == null ? List.of() : List.of(of), of(kind), 0);
  }

  /** Why a kind is no PASS. */
  public Set<Reason> reasons(Kind kind) {
    if (origin == Origin.REPAIR) {
      return ofRepair(of(kind));
    }
    KindFigures of = figures.get(kind);
    Set<Reason> reasons =
        of == null ? EnumSet.of(Reason.NOTHING_COMPARED) : of.reasons(target, mostExplained);
    if (!settled) {
      reasons.add(Reason.NOT_SETTLED);
    }
    return reasons;
  }

  /** What the figures allow to be said of a kind. */
  public Verdict verdict(Kind kind) {
    return Reason.verdict(reasons(kind));
  }

  /**
   * Why all kinds together are no PASS. A kind without records says nothing, unless none has any.
   */
  public Set<Reason> reasons() {
    Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    boolean nothing = true;
    for (Map.Entry<Kind, KindFigures> of : figures.entrySet()) {
      if (of.getValue().compared() > 0 || of.getValue().inNoOutput() > 0) {
        nothing = false;
        reasons.addAll(reasons(of.getKey()));
      }
    }
    if (nothing) {
      reasons.add(Reason.NOTHING_COMPARED);
    }
    return reasons;
  }

  /** What they allow to be said of all kinds: one failure fails all. */
  public Verdict verdict() {
    return Reason.verdict(reasons());
  }

  /** The tables of a kind, the one with a row per record first. */
  public List<TableResult> of(Kind kind) {
    return tables.getOrDefault(kind, List.of());
  }

  private static Headline headline(
      Collection<KindFigures> kinds, List<TableResult> tables, long droppedCopies) {
    long compared = tables.stream().mapToLong(TableResult::compared).sum();
    return Headline.of(
        compared,
        compared - tables.stream().mapToLong(TableResult::differing).sum(),
        tables.stream().mapToLong(TableResult::allExplained).sum(),
        kinds.stream().mapToLong(KindFigures::lost).sum(),
        kinds.stream().mapToLong(KindFigures::inNoOutput).sum(),
        tables.stream().mapToLong(of -> of.urgentMissing() + of.urgentExplained()).sum(),
        droppedCopies);
  }

  /** Of rows that were differing a bound is beside the point: all agree now, or some do not. */
  private Set<Reason> ofRepair(List<TableResult> tables) {
    Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    if (tables.stream().mapToLong(TableResult::differing).sum() > 0) {
      reasons.add(Reason.STILL_DIFFER);
    }
    if (tables.stream().mapToLong(TableResult::compared).sum() == 0) {
      reasons.add(Reason.NOTHING_COMPARED);
    }
    if (!settled) {
      reasons.add(Reason.NOT_SETTLED);
    }
    return reasons;
  }

  private List<TableResult> all() {
    return tables.values().stream().flatMap(Collection::stream).toList();
  }

  private static Optional<BigDecimal> percent(List<TableResult> results, boolean explained) {
    long compared = results.stream().mapToLong(TableResult::compared).sum();
    long bad =
        results.stream()
            .mapToLong(explained ? TableResult::unexplained : TableResult::differing)
            .sum();
    return Headline.percent(compared - bad, compared);
  }
}
