package io.crossfade.router.intake;

import io.crossfade.db.CommonEvent;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Set;

/** Makes an event out of what a device sent. */
final class EventNormaliser {

  /** What a TEXT column holds of four-byte characters. */
  private static final int VALUE_LENGTH = 16_000;

  private final Stamper stamper;
  private final ZoneId zone;
  private final Set<String> urgent;

  EventNormaliser(Stamper stamper, ZoneId zone, Set<String> urgent) {
    this.stamper = stamper;
    this.zone = zone;
    this.urgent = urgent;
  }

  CommonEvent normalise(Item item, LocalDateTime acceptedAt) throws UnreadableItemException {
    String device = item.text("deviceSn");
    if (device == null) {
      throw new UnreadableItemException(UnreadableReason.NO_DEVICE_ID);
    }
    String sent = item.text("eventType");
    String type = sent == null ? "" : sent.substring(sent.lastIndexOf('.') + 1);
    if (type.isEmpty()) {
      throw new UnreadableItemException(UnreadableReason.NO_EVENT_TYPE);
    }
    String value = Item.fitting(Values.text(item.first("eventValue")), VALUE_LENGTH);
    LocalDateTime own = Values.time(item.first("timestamp", "eventTime"), zone);
    LocalDateTime timestamp = own == null ? acceptedAt : own;
    return new CommonEvent(
        stamper.accept(CommonEvent.id(device, timestamp, type, value)),
        device,
        timestamp,
        item.owner(),
        type,
        value,
        urgent.contains(type),
        item.position());
  }
}
