package io.crossfade.db;

import org.jspecify.annotations.Nullable;

/**
 * Whom a percentage of a kind selects, and the table that knows the most of them with the fewest
 * rows.
 *
 * @param cohort what they are called, for example {@code device}
 * @param tenant what those are called that allow and deny lists name besides; {@code null} for none
 * @param table of each output
 * @param column of it that names whom a percentage selects
 * @param tenantColumn of it; {@code null} where it does not say
 * @param onceEach whether none of them has two rows
 */
public record CohortRows(
    String cohort,
    @Nullable String tenant,
    String table,
    String column,
    @Nullable String tenantColumn,
    boolean onceEach) {}
