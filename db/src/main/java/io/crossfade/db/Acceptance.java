package io.crossfade.db;

/**
 * What the router gives a record once, when it accepts it.
 *
 * @param id the record's identity, see {@link RecordId}
 * @param stamp when and in which order it was accepted, see {@link AcceptanceStamp}
 * @param reason why it goes down the path it is on; the only part that differs between its two
 *     copies
 */
public record Acceptance(RecordId id, long stamp, RouteReason reason) {

  Acceptance because(RouteReason other) {
    return new Acceptance(id, stamp, other);
  }
}
