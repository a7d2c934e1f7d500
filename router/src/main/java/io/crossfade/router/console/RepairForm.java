package io.crossfade.router.console;

import io.crossfade.reconciler.DifferencePlace;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import io.crossfade.router.reconciliation.FilterRequest;
import io.crossfade.router.reconciliation.RepairRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A repair as the page of differences asks for it.
 *
 * @param scope {@code rows} for those that were picked, {@code matching} for all that the filter
 *     matches
 * @param row places of those that were picked
 * @param filter what the page showed
 * @param order in which it did
 */
record RepairForm(
    @Nullable String scope,
    @Nullable List<String> row,
    @Nullable FilterRequest filter,
    @Nullable String order,
    @Nullable String prefer,
    @Nullable String reason,
    @Nullable String preview) {

  public boolean picked() {
    return "rows".equals(scope);
  }

  /** What the page showed; everything when it had no filter. */
  FilterRequest shown() {
    return filter == null ? FilterRequest.NOTHING : filter.filled();
  }

  RepairRequest request(boolean dryRun) throws RefusedException {
    if (!picked() && !"matching".equals(scope)) {
      throw new RefusedException(
          Refusal.SELECTION_MISSING, "Pick rows, or say that all that match are meant");
    }
    FilterRequest shown = shown();
    return new RepairRequest(
        picked() || shown.anything() ? null : shown,
        picked() ? rows() : null,
        !picked() && shown.anything(),
        prefer,
        reason,
        dryRun,
        preview,
        null);
  }

  private List<RepairRequest.@Nullable Row> rows() throws RefusedException {
    List<RepairRequest.@Nullable Row> rows = new ArrayList<>();
    try {
      for (String place : row == null ? List.<String>of() : row) {
        DifferencePlace of = DifferencePlace.parse(place);
        rows.add(new RepairRequest.Row(of.table(), of.id().toString()));
      }
    } catch (IllegalArgumentException e) {
      throw RefusedException.unreadable(e);
    }
    return rows;
  }
}
