package io.crossfade.router.flags;

import io.crossfade.db.Kind;
import java.time.Instant;
import java.util.Map;

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
}
