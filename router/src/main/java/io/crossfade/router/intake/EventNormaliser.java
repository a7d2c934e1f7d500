package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.RecordTime;
import java.util.Set;

/** Makes an event out of what a device sent. */
final class EventNormaliser {

  /** What a TEXT column holds of four-byte characters. */
  private static final int VALUE_LENGTH = 16_000;

  private static final String VALUE = "eventValue";

  private final Stamper stamper;
  private final Set<String> urgent;

  EventNormaliser(Stamper stamper, Set<String> urgent) {
    this.stamper = stamper;
    this.urgent = urgent;
  }

  /** When it happened. */
  static RecordTime time(Item item, Clocks clocks) {
    return clocks.time(item, clocks.accepted(), "timestamp", "eventTime");
  }

  /**
   * @param time of the event, see {@link #time}
   */
  CommonEvent normalise(Item item, RecordTime time) throws UnreadableItemException {
    String device = item.text("deviceSn");
    if (device == null) {
      throw new UnreadableItemException(UnreadableReason.NO_DEVICE_ID);
    }
    String named = item.text("eventType");
    String type = named == null ? "" : named.substring(named.lastIndexOf('.') + 1);
    if (type.isEmpty()) {
      throw new UnreadableItemException(UnreadableReason.NO_EVENT_TYPE);
    }
    JsonNode sent = item.first(VALUE);
    if (sent != null && DeepPart.isIn(sent)) {
      throw new UnreadableItemException(UnreadableReason.FIELD_UNREADABLE, VALUE);
    }
    String value = Item.fitting(Values.textOrJson(sent), VALUE_LENGTH);
    return new CommonEvent(
        stamper.accept(CommonEvent.id(device, time, type, value)),
        device,
        time.local(),
        item.owner(),
        type,
        value,
        urgent.contains(type),
        item.position());
  }
}
