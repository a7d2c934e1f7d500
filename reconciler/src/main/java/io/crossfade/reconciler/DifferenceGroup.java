package io.crossfade.reconciler;

import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.diff.Explanation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Differences of a run that are alike.
 *
 * @param servedBy the path that answered their devices
 * @param columns those that differ, when both outputs have the rows
 */
public record DifferenceGroup(
    String table,
    DifferenceClass kind,
    @Nullable Explanation explanation,
    boolean urgent,
    String servedBy,
    List<String> columns,
    long count) {}
