package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the flags of all routers are. Whatever changes them leaves {@link RolloutChange}s in the
 * same transaction. Every call may fail with the database, and one that changes something may have
 * changed it all the same.
 */
public interface FlagStore {

  /**
   * What became of a pending change.
   *
   * @param version as which it is recorded
   * @param superseded its kinds that somebody had changed since it was decided
   * @param now the flags as they are now, at that version or a later one
   */
  record Stored(long version, Set<Kind> superseded, RolloutState now) {}

  /** All flags and their version. */
  RolloutState read();

  /**
   * Gives a system, or a kind, that never had flags its first ones; leaves others alone.
   *
   * @return the flags as they are then
   */
  RolloutState initialise(KindFlags first);

  /**
   * Sets the flags of some kinds, all or none.
   *
   * @param expected version the change was decided on
   * @return the flags as they are then
   * @throws FlagTable.StaleVersionException when they are no longer at that version
   */
  RolloutState change(long expected, Map<Kind, KindFlags> changes, FlagTable.Note note);

  /**
   * Records a pending change once, whatever the flags are now and however often it is asked. A kind
   * that a person changed clearly after it was decided stays as that person left it; what happened
   * by itself meanwhile does not count against it.
   */
  Stored store(PendingChange change);

  /** What became of a pending change; empty when it is not on record. Changes nothing. */
  Optional<Stored> recorded(PendingChange change);

  /**
   * Newest first.
   *
   * @param kind {@code null} for all
   */
  List<RolloutChange> history(@Nullable Kind kind, int most);
}
