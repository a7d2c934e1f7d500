package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One recorded change of a kind's flags.
 *
 * @param version of the flags from then on; a change of all kinds has one
 * @param forced whether a refusal was overruled
 * @param evidence the gates' figures at that moment, JSON
 * @param decision by which it is found again: of a {@link PendingChange} its id. {@code null} for
 *     what was changed through Togglz
 * @param decidedAt since when a pending change counted on the router that was asked; {@code null}
 *     for others
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
    String evidence,
    @Nullable String decision,
    @Nullable Instant decidedAt) {

  /** Whether it left the stage and its devices alone: one of the opt-in only. */
  boolean ofOptInOnly() {
    return before.optIn() != after.optIn() && before.sameStage(after);
  }

  /** Whether it let clients that ask for the stream have it again. */
  boolean optsInAgain() {
    return !before.optIn() && after.optIn();
  }

  /** When it was decided: stored at once, or later. */
  Instant decided() {
    return decidedAt == null ? changedAt : decidedAt;
  }

  /** What made a change. */
  public enum Origin {
    /** The setting for a system that never had flags. */
    INITIAL,
    OPERATOR,
    ROLLBACK,
    TOGGLZ,
    AUTOPILOT;

    /** Whether a person decided it. */
    boolean person() {
      return switch (this) {
        case OPERATOR, ROLLBACK, TOGGLZ -> true;
        case INITIAL, AUTOPILOT -> false;
      };
    }
  }
}
