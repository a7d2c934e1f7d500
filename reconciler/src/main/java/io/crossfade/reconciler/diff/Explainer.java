package io.crossfade.reconciler.diff;

import io.crossfade.db.RecordId;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Knows why rows differ. */
public interface Explainer {

  /** A pair of rows that differ, and how. */
  record Doubt(RowPair rows, Difference difference) {}

  /** Those of the differences that have an explanation. */
  Map<RecordId, Explained> explain(List<Doubt> doubts) throws SQLException;

  /**
   * Whether a row of that acceptance stamp which one output lacks was never meant to be there,
   * since dual write was off.
   */
  boolean notMirrored(long stamp);

  /** Whether that is so of every stamp of a window. */
  boolean notMirrored(ComparisonWindow window);
}
