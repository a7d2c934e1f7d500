package io.crossfade.router.reconciliation;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import io.crossfade.reconciler.DifferencePlace;
import io.crossfade.reconciler.DifferenceSelection;
import io.crossfade.router.operator.Choice;
import io.crossfade.router.operator.Refusal;
import io.crossfade.router.operator.RefusedException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A repair as it is asked for. One of the first three says on which rows it is to act.
 *
 * @param filter those that a list with this filter shows
 * @param rows these, up to {@value DifferenceSelection.Rows#MOST}
 * @param all whether on all of the run
 * @param prefer the output that is right where fields differ; {@code null} leaves those alone
 * @param dryRun whether to say only what would be done
 * @param preview digest of the dry run whose rows are to be repaired
 * @param unknown what a body has beside
 */
public record RepairRequest(
    @Nullable FilterRequest filter,
    @Nullable List<@Nullable Row> rows,
    boolean all,
    @Nullable String prefer,
    @Nullable String reason,
    boolean dryRun,
    @Nullable String preview,
    @JsonAnySetter @Nullable Map<String, Object> unknown) {

  /** A row of a difference. */
  public record Row(@Nullable String table, @Nullable String id) {}

  /** On which rows. */
  DifferenceSelection selection() throws RefusedException {
    if (unknown != null && !unknown.isEmpty()) {
      throw new RefusedException(
          Refusal.UNREADABLE, "A repair has no %s".formatted(String.join(", ", unknown.keySet())));
    }
    if (filter == null && rows == null && !all) {
      throw new RefusedException(
          Refusal.SELECTION_MISSING,
          "A repair acts on what it is told: filter, with the names of the list of differences;"
              + " rows, each a table and an id; or \"all\": true");
    }
    try {
      return DifferenceSelection.of(all, filter == null ? null : filter.filter(), places());
    } catch (IllegalArgumentException e) {
      throw RefusedException.unreadable(e);
    }
  }

  /** The preview that a person has seen. */
  String seen() throws RefusedException {
    if (preview == null || preview.isBlank()) {
      throw new RefusedException(
          Refusal.PREVIEW_MISSING,
          "A repair names the preview whose rows it is to repair: ask for a dry run first");
    }
    return preview;
  }

  private @Nullable Set<DifferencePlace> places() throws RefusedException {
    if (rows == null) {
      return null;
    }
    Set<DifferencePlace> places = new LinkedHashSet<>();
    for (Row row : rows) {
      if (row == null || row.table() == null || row.id() == null) {
        throw new RefusedException(Refusal.UNREADABLE, "A row has a table and an id");
      }
      places.add(new DifferencePlace(row.table(), Choice.recordId(row.id())));
    }
    return places;
  }
}
