package io.crossfade.db.control;

import io.crossfade.db.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One recorded change of a kind's flags.
 *
 * @param id in the order in which changes were made, whatever the clocks of two routers said
 * @param version of the flags from then on; a change of all kinds has one
 * @param changedAt when it was stored, by the clock of its router
 * @param origin what made it, by its name; a newer release may know more
 * @param forced whether a refusal was overruled
 * @param evidence the gates' figures at that moment, JSON
 * @param decision by which it is found again; {@code null} for what was changed through Togglz
 * @param decidedAt since when it counted on the router that was asked, where the database was away;
 *     {@code null} for others
 */
public record FlagChange(
    long id,
    long version,
    Instant changedAt,
    Kind kind,
    String origin,
    String actor,
    String reason,
    @Nullable String ticket,
    boolean forced,
    RecordedFlags before,
    RecordedFlags after,
    String evidence,
    @Nullable String decision,
    @Nullable Instant decidedAt) {

  /** Origin of a system's first flags: there were none before, whatever {@code before} says. */
  public static final String INITIAL = "INITIAL";

  /** From when on a router may have routed by it. */
  public Instant decided() {
    return decidedAt == null ? changedAt : decidedAt;
  }

  /** Whether these are the first flags that the system had. */
  public boolean first() {
    return origin.equals(INITIAL);
  }
}
