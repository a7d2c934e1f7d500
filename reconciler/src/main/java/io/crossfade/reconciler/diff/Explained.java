package io.crossfade.reconciler.diff;

import org.jspecify.annotations.Nullable;

/**
 * Why a row differs.
 *
 * @param ruleId the rule that says so, for {@link Explanation#RULE}
 */
public record Explained(Explanation explanation, @Nullable Long ruleId) {}
