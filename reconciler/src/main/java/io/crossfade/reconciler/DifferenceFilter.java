package io.crossfade.reconciler;

import io.crossfade.db.Kind;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which differences of a run. What is {@code null} matches everything.
 *
 * @param column one that differs
 * @param explained whether it is known why
 * @param explanation why
 * @param urgent whether the row goes ahead of others
 * @param repaired whether a repair has touched it
 * @param from when the row was accepted: then or later
 * @param to when the row was accepted: before then
 */
public record DifferenceFilter(
    @Nullable Kind kind,
    @Nullable DifferenceClass difference,
    @Nullable String column,
    @Nullable Boolean explained,
    @Nullable Explanation explanation,
    @Nullable Boolean urgent,
    @Nullable Boolean repaired,
    @Nullable String deviceSn,
    @Nullable Instant from,
    @Nullable Instant to) {

  /** Matches everything. */
  public static final DifferenceFilter ALL =
      new DifferenceFilter(null, null, null, null, null, null, null, null, null, null);

  /** For example {@code kind=health explained=false}; empty when it matches everything. */
  @Override
  public String toString() {
    return Stream.of(
            said("kind", kind == null ? null : kind.label()),
            said("class", difference),
            said("column", column),
            said("explained", explained),
            said("reason", explanation),
            said("urgent", urgent),
            said("repaired", repaired),
            said("device", deviceSn),
            said("from", from),
            said("to", to))
        .filter(Objects::nonNull)
        .collect(Collectors.joining(" "));
  }

  private static @Nullable String said(String name, @Nullable Object value) {
    return value == null ? null : name + "=" + value;
  }
}
