package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants of the opt-in: whether clients that ask for the stream, by a {@code _v2}
 * endpoint, have it whatever the stage.
 *
 * @param kinds one, or all as one action
 * @param reason why, for the history
 * @param version of the flags that the decision was made on
 */
public record OptInChange(
    Set<Kind> kinds, boolean on, String reason, @Nullable String ticket, long version) {}
