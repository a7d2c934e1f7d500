package io.crossfade.router.rollout;

import io.crossfade.db.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One recorded change of a kind's flags.
 *
 * @param version of the flags from then on; a change of all kinds has one
 * @param forced whether a refusal was overruled
 * @param evidence the gates' figures at that moment, JSON
 */
public record RolloutChange(
    long version,
    Instant changedAt,
    Kind kind,
    Origin origin,
    String actor,
    String reason,
    @Nullable String ticket,
    boolean forced,
    KindFlags before,
    KindFlags after,
    String evidence) {

  /** What made a change. */
  public enum Origin {
    /** The setting for a system that never had flags. */
    INITIAL,
    OPERATOR,
    ROLLBACK,
    TOGGLZ,
    AUTOPILOT
  }
}
