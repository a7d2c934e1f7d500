package io.crossfade.reconciler.tables;

import org.jspecify.annotations.Nullable;

/**
 * Two tables that somebody wants compared.
 *
 * @param leftWhere which rows, as a condition in the server's SQL; {@code null} for all
 * @param window which rows, by their time; {@code null} for all
 */
public record PairSpec(
    Endpoint left,
    Endpoint right,
    String leftTable,
    String rightTable,
    @Nullable String leftWhere,
    @Nullable String rightWhere,
    PairRules rules,
    @Nullable RowWindow window) {

  /** Whether only some rows are wanted. */
  boolean isPartial() {
    return leftWhere != null || rightWhere != null || window != null;
  }

  /** For people. */
  public String name() {
    return leftTable.equals(rightTable) ? leftTable : leftTable + ":" + rightTable;
  }
}
