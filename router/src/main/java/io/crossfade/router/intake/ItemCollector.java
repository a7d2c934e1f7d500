package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.Kind;
import io.crossfade.db.RecordId;
import io.crossfade.db.RecordTime;
import io.crossfade.db.RecordWeight;
import io.crossfade.db.budget.Lease;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.control.DeadLetters.Letter;
import io.crossfade.router.intake.HealthNormaliser.Measured;
import io.crossfade.router.intake.UploadReader.Normalisers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one body comes to. An object may wrap others under {@code data}, in a list or not, as deep
 * as it likes; whatever stands there becomes a record or a letter, and so does an object that wraps
 * and measures both.
 */
final class ItemCollector {

  private static final String WRAPPED = "data";
  private static final String MEASURED_WITH_EVENT = "common_event";

  /** What a letter takes beside its body, bytes. */
  private static final int LETTER = 256;

  /** Its body, once more as a parameter, and as a packet. */
  private static final int FORMS_OF_A_LETTER = 3;

  /**
   * What an upload may hold.
   *
   * @param items at most
   * @param recordBytes of a record, its facts aside
   */
  record Limits(int items, long recordBytes) {}

  private final Kind kind;
  private final Normalisers normalisers;
  private final SentJson json;
  private final Clocks clocks;
  private final Instant moment;
  private final Limits limits;
  private final Lease lease;

  private final List<AcceptedRecord> records = new ArrayList<>();
  private final List<Letter> letters = new ArrayList<>();
  private final List<UnreadableReason> reasons = new ArrayList<>();
  private final Set<RecordId> seen = new HashSet<>();
  private final Surroundings surroundings = new Surroundings(WRAPPED);
  private boolean list;
  private int items;
  private int repeats;
  private int failed;

  /**
   * @param moment when the upload was accepted
   * @param lease takes what the records and the letters take
   */
  ItemCollector(
      Kind kind,
      Normalisers normalisers,
      SentJson json,
      Clocks clocks,
      Instant moment,
      Limits limits,
      Lease lease) {
    this.kind = kind;
    this.normalisers = normalisers;
    this.json = json;
    this.clocks = clocks;
    this.moment = moment;
    this.limits = limits;
    this.lease = lease;
  }

  Upload upload() {
    return new Upload(
        records,
        letters,
        reasons,
        list || items > 1,
        new Upload.Items(items - repeats - failed, repeats, failed));
  }

  /**
   * Reads a whole body.
   *
   * @throws BadUploadException when it has more items than it may
   */
  void addRoot(JsonNode root) throws BadUploadException {
    Item item = new Item(root, List.of());
    if (root.isObject() && isEmptyBatch(item)) {
      list = true;
      return;
    }
    addAll(item);
  }

  /** {@code {"data": []}}: a device that had nothing to send. */
  private boolean isEmptyBatch(Item root) {
    JsonNode under = root.node().get(WRAPPED);
    return under != null
        && under.isArray()
        && under.isEmpty()
        && device(root) == null
        && !reports(root);
  }

  private void addAll(Item some) throws BadUploadException {
    if (!isList(some.node())) {
      add(some);
      return;
    }
    list = true;
    for (JsonNode node : some.node()) {
      addAll(new Item(node, some.around()));
    }
  }

  /** A list of items, which may be lists; an empty one among items is none of them. */
  private static boolean isList(JsonNode node) {
    return node.isArray() && !node.isEmpty();
  }

  private void add(Item item) throws BadUploadException {
    JsonNode under = item.node().isObject() ? wrapped(item) : null;
    if (under != null) {
      addAll(item.inner(under));
    }
    if (under == null || reports(item)) {
      addOne(item);
    }
  }

  /** What an object wraps, if it does. */
  private @Nullable JsonNode wrapped(Item item) {
    if (kind == Kind.EVENT && item.first("eventType") != null) {
      return null;
    }
    return wrappedBy(item.node());
  }

  private static @Nullable JsonNode wrappedBy(JsonNode object) {
    JsonNode under = object.get(WRAPPED);
    return Values.isEmpty(under) || (under.isContainerNode() && under.isEmpty()) ? null : under;
  }

  /** Whether an object says itself what only an item says. */
  private boolean reports(Item item) {
    return switch (kind) {
      case HEALTH -> HealthNormaliser.measures(item);
      case DEVICE -> DeviceNormaliser.reports(item);
      case EVENT -> item.first("eventType") != null;
    };
  }

  private @Nullable JsonNode device(Item item) {
    return switch (kind) {
      case HEALTH -> HealthNormaliser.device(item);
      case DEVICE -> DeviceNormaliser.device(item);
      case EVENT -> item.first("deviceSn");
    };
  }

  private void addOne(Item item) throws BadUploadException {
    if (++items > limits.items()) {
      throw new BadUploadException(413, "数组过长，最多" + limits.items() + "条");
    }
    try {
      if (!item.node().isObject()) {
        throw new UnreadableItemException(UnreadableReason.NOT_AN_OBJECT);
      }
      switch (kind) {
        case HEALTH -> {
          Measured measured =
              normalisers.health().normalise(item, null, clocks, clocks.accepted(), null);
          accept(measured.data());
          if (measured.unreadable() != null) {
            keep(item, measured.unreadable());
          }
        }
        case DEVICE -> accept(normalisers.devices().normalise(item, clocks));
        case EVENT -> addEvent(item);
      }
    } catch (UnreadableItemException e) {
      failed++;
      keep(item, e.reason());
    }
  }

  private void accept(AcceptedRecord item) throws UnreadableItemException {
    addRecord(item);
    if (!seen.add(item.acceptance().id())) {
      repeats++;
    }
  }

  private void addRecord(AcceptedRecord item) throws UnreadableItemException {
    long texts = RecordWeight.texts(item);
    if (texts > limits.recordBytes()) {
      throw new UnreadableItemException(UnreadableReason.RECORD_TOO_LARGE);
    }
    lease.take(RecordWeight.of(item, texts));
    records.add(item);
  }

  private void addEvent(Item item) throws UnreadableItemException {
    RecordTime time = EventNormaliser.time(item, clocks);
    CommonEvent event = normalisers.events().normalise(item, time);
    accept(event);
    JsonNode sent = item.first("healthData");
    if (sent == null) {
      return;
    }
    // The event stands whatever came with it.
    JsonNode data = sent.isTextual() ? json.read(sent.textValue()) : sent;
    EventHealth health = new EventHealth(event.deviceSn(), time);
    health.addAll(item.inner(data == null ? sent : data));
    if (health.unreadable != null) {
      keep(item, health.unreadable);
    }
  }

  /** Measurements that came with an event, which names their device and their time. */
  private final class EventHealth {

    private final String deviceSn;
    private final RecordTime time;

    /** Why not all of it is a record. */
    private @Nullable UnreadableReason unreadable;

    EventHealth(String deviceSn, RecordTime time) {
      this.deviceSn = deviceSn;
      this.time = time;
    }

    void addAll(Item some) {
      if (isList(some.node())) {
        some.node().forEach(one -> addAll(new Item(one, some.around())));
      } else {
        add(some);
      }
    }

    private void add(Item item) {
      JsonNode under = item.node().isObject() ? wrappedBy(item.node()) : null;
      if (under != null) {
        addAll(item.inner(under));
      }
      if (under == null || HealthNormaliser.measures(item)) {
        addOne(item);
      }
    }

    private void addOne(Item item) {
      JsonNode node = item.node();
      boolean says = node.isObject() && node.size() > (node.has(WRAPPED) ? 1 : 0);
      if (!says) {
        unreadable = UnreadableReason.HEALTH_DATA_UNREADABLE;
        return;
      }
      try {
        Measured measured =
            normalisers.health().normalise(item, deviceSn, clocks, time, MEASURED_WITH_EVENT);
        addRecord(measured.data());
        if (measured.unreadable() != null) {
          unreadable = measured.unreadable();
        }
      } catch (UnreadableItemException e) {
        unreadable = UnreadableReason.HEALTH_DATA_UNREADABLE;
      }
    }
  }

  private void keep(Item item, UnreadableReason reason) {
    byte[] body = surroundings.of(item).toString().getBytes(StandardCharsets.UTF_8);
    lease.take(LETTER + (long) body.length * FORMS_OF_A_LETTER);
    reasons.add(reason);
    letters.add(
        Letter.unreadable(
                DeadLetters.Source.INTAKE,
                kind,
                reason.name(),
                1,
                DeadLetters.BodyFormat.JSON,
                body)
            .at(moment));
  }
}
