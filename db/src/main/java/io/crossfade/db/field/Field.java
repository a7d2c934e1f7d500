package io.crossfade.db.field;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One field of a kind's records.
 *
 * @param name of its column
 * @param stored whether its tables have a column for it; else it is in entries alone
 * @param value of a record, of what its type says
 */
public record Field<R>(
    String name, FieldType type, boolean stored, Function<R, @Nullable Object> value) {}
