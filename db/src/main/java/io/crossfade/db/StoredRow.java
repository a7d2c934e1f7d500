package io.crossfade.db;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row as an output holds it.
 *
 * @param reason why the path had it; never compared
 * @param values of {@link OutputTable#comparedColumns}, in that order; values that are equal in the
 *     database are equal objects
 */
public record StoredRow(
    RecordId id, long stamp, RouteReason reason, List<@Nullable Object> values) {}
