package io.crossfade.db;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;

/**
 * A record's own moment: local time, as rows hold it, and which of two moments that is where clocks
 * were put back. One second of one zone is one value, so that an id made of it names an instant.
 *
 * @param local whole seconds
 * @param fold whether it is the later of two moments that share a local time, as in PEP 495
 */
public record RecordTime(LocalDateTime local, boolean fold) {

  /** A local time of which nobody says more: the earlier moment, where there are two. */
  public static RecordTime of(LocalDateTime local) {
    return new RecordTime(local, false);
  }

  /** A moment as clocks of a zone show it, cut to whole seconds. */
  public static RecordTime of(Instant instant, ZoneId zone) {
    ZoneRules rules = zone.getRules();
    ZoneOffset offset = rules.getOffset(instant);
    LocalDateTime local = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), 0, offset);
    ZoneOffsetTransition change = rules.getTransition(local);
    return new RecordTime(
        local, change != null && change.isOverlap() && change.getOffsetAfter().equals(offset));
  }
}
