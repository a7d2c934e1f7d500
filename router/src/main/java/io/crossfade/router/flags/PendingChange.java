package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A change that counts on this router and is not known to be stored: a rollback, above all.
 *
 * @param id by which it is stored once, however often that is tried
 * @param decidedAt since when it counts here
 * @param flags what each of its kinds becomes
 */
public record PendingChange(
    String id, Instant decidedAt, Map<Kind, KindFlags> flags, FlagTable.Note note) {

  public PendingChange {
    flags = Map.copyOf(flags);
  }

  /**
   * What a kind becomes when this is stored late. What a person changed clearly afterwards stays,
   * each flag by itself: a change of percentage by somebody who knew of no rollback does not switch
   * the opt-in on again, nor does a change of the opt-in bring the percentage back.
   *
   * @param now its flags
   * @param since what persons decided for it clearly after this
   */
  KindFlags wanted(Kind kind, KindFlags now, List<RolloutChange> since) {
    KindFlags own = Objects.requireNonNull(flags.get(kind));
    KindFlags stage = since.stream().allMatch(RolloutChange::ofOptInOnly) ? own : now;
    boolean optIn =
        since.stream().anyMatch(RolloutChange::optsInAgain)
            ? now.optIn()
            : own.optIn() && since.stream().allMatch(change -> change.after().optIn());
    return stage.withOptIn(optIn);
  }
}
