package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.ComparisonWindow;
import java.util.Arrays;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What to compare, and for whom. A request that was not finished is gone on with.
 *
 * @param rowsOf rows that are looked at again, instead of a window; {@code null} for a window
 */
public record ComparisonRequest(
    Origin origin, ComparisonWindow window, Set<Kind> kinds, @Nullable RowsOf rowsOf) {

  /**
   * Rows that a run found differing.
   *
   * @param repair only those that this repair was to act on; {@code null} for all
   */
  record RowsOf(long run, @Nullable Long repair) {

    @Override
    public String toString() {
      return repair == null ? "of " + run : "of %d by %d".formatted(run, repair);
    }
  }

  /** Who asked. */
  public enum Origin {
    /** Every minute, what is settled; the gates' evidence. */
    ROLLING,
    /** The day before, for the report. */
    NIGHTLY,
    /** A person. */
    ON_DEMAND,
    /** After a repair: the rows that a run had found. */
    REPAIR,
    /** An output with itself. */
    CALIBRATION
  }

  public ComparisonRequest {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("Nothing to compare: no kind");
    }
    kinds = Collections.unmodifiableSet(new TreeSet<>(kinds));
  }

  /** Of a window. */
  public ComparisonRequest(Origin origin, ComparisonWindow window, Set<Kind> kinds) {
    this(origin, window, kinds, null);
  }

  /** Whether the rows that a run found differing agree by now. */
  public static ComparisonRequest ofRows(Comparisons.Summary run) {
    return new ComparisonRequest(
        Origin.REPAIR, run.window(), run.kinds(), new RowsOf(run.id(), null));
  }

  /** Whether the rows that a repair was to act on agree by now. */
  public static ComparisonRequest ofRepair(Comparisons.Summary run, long repair) {
    return new ComparisonRequest(
        Origin.REPAIR, run.window(), run.kinds(), new RowsOf(run.id(), repair));
  }

  /** All kinds. */
  public static ComparisonRequest all(Origin origin, ComparisonWindow window) {
    return new ComparisonRequest(origin, window, Kind.all());
  }

  String kindNames() {
    return kinds.stream().map(Kind::name).collect(Collectors.joining(","));
  }

  /** Those of the kinds that this process has: a run may be of others, too. */
  static Set<Kind> kinds(String names) {
    return Arrays.stream(names.split(","))
        .flatMap(name -> Kind.ofName(name).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
