package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.RecordTime;
import io.crossfade.router.intake.HealthNormaliser.Measured;
import org.jspecify.annotations.Nullable;

/**
 * Reads events, and the measurements that come with them.
 *
 * @param json reads measurements that came in a string
 */
record EventReader(
    EventNormaliser normaliser, HealthNormaliser measurements, SentJson json, Clocks clocks)
    implements WatchReader {

  private static final String MEASURED_WITH_EVENT = "common_event";

  @Override
  public boolean isItem(Item item) {
    return reports(item);
  }

  @Override
  public boolean reports(Item item) {
    return item.first("eventType") != null;
  }

  @Override
  public boolean names(Item item) {
    return item.first("deviceSn") != null;
  }

  @Override
  public void read(Item item, Taken taken) throws UnreadableItemException, BadUploadException {
    RecordTime time = EventNormaliser.time(item, clocks);
    CommonEvent event = normaliser.normalise(item, time);
    taken.accept(event);
    JsonNode sent = item.first("healthData");
    if (sent == null) {
      return;
    }
    // The event stands whatever came with it.
    JsonNode data = sent.isTextual() ? json.read(sent.textValue()) : sent;
    EventHealth health = new EventHealth(event.deviceSn(), time, taken);
    health.addAll(item.inner(data == null ? sent : data));
    if (health.unreadable != null) {
      taken.keep(item, health.unreadable);
    }
  }

  /** Measurements that came with an event, which names their device and their time. */
  private final class EventHealth {

    private final String deviceSn;
    private final RecordTime time;
    private final Taken taken;

    /** Why not all of it is a record. */
    private @Nullable UnreadableReason unreadable;

    EventHealth(String deviceSn, RecordTime time, Taken taken) {
      this.deviceSn = deviceSn;
      this.time = time;
      this.taken = taken;
    }

    void addAll(Item some) throws BadUploadException {
      if (ItemCollector.isList(some.node())) {
        for (JsonNode one : some.node()) {
          addAll(new Item(one, some.around()));
        }
      } else {
        add(some);
      }
    }

    private void add(Item item) throws BadUploadException {
      JsonNode under = item.node().isObject() ? wrappedBy(item.node()) : null;
      if (under != null) {
        addAll(item.inner(under));
      }
      if (under == null || HealthNormaliser.measures(item)) {
        addOne(item);
      }
    }

    private void addOne(Item item) throws BadUploadException {
      JsonNode node = item.node();
      boolean says = node.isObject() && node.size() > (node.has(WRAPPER) ? 1 : 0);
      if (!says) {
        unreadable = UnreadableReason.HEALTH_DATA_UNREADABLE;
        return;
      }
      try {
        Measured measured =
            measurements.normalise(item, deviceSn, clocks, time, MEASURED_WITH_EVENT);
        taken.beside(measured.data());
        if (measured.unreadable() != null) {
          unreadable = measured.unreadable();
        }
      } catch (UnreadableItemException e) {
        unreadable = UnreadableReason.HEALTH_DATA_UNREADABLE;
      }
    }
  }
}
