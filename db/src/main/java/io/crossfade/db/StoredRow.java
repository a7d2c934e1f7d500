package io.crossfade.db;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row as an output holds it.
 *
 * @param values of {@link OutputTable#comparedColumns}, in that order; values that are equal in the
 *     database are equal objects
 */
public record StoredRow(RecordId id, long stamp, List<@Nullable Object> values) {}
