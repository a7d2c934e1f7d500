package io.crossfade.router.intake;

import io.crossfade.db.RecordTime;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * The clocks behind one upload: the router's, and those of the devices, of which some are wrong.
 *
 * @param accepted when the upload was accepted
 * @param latest what no device's clock is believed to show yet
 * @param zone where the devices' local times are
 */
record Clocks(RecordTime accepted, LocalDateTime latest, ZoneId zone) {

  static Clocks at(Instant moment, Duration maxAhead, ZoneId zone) {
    RecordTime accepted = RecordTime.of(moment, zone);
    return new Clocks(accepted, accepted.local().plus(maxAhead), zone);
  }

  /**
   * The time that an item gives under the first of these names that has one; {@code otherwise} when
   * it gives none that can be believed.
   */
  RecordTime time(Item item, RecordTime otherwise, String... names) {
    @Nullable RecordTime own = Values.time(item.first(names), zone);
    return own == null || own.local().isAfter(latest) ? otherwise : own;
  }
}
