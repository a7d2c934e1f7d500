package io.crossfade.router.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.DeadLetters;
import io.crossfade.db.DeadLetters.Letter;
import io.crossfade.db.Kind;
import io.crossfade.router.RouterSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;

/** Reads the bodies of all kinds, in every shape that devices send. */
public final class UploadReader {

  private static final int MOST_DIGITS = 1_000;

  private final ObjectReader json;
  private final HealthNormaliser health;
  private final DeviceNormaliser devices;
  private final EventNormaliser events;
  private final RouterSettings settings;
  private final InstantSource clock;

  public UploadReader(RouterSettings settings, Stamper stamper, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    JsonFactory factory =
        JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(settings.maxNesting())
                    .maxStringLength((int) settings.maxBody().toBytes())
                    .maxNumberLength(MOST_DIGITS)
                    .build())
            .build();
    this.json =
        JsonMapper.builder(factory)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();
    this.health = new HealthNormaliser(stamper, json, settings.zone());
    this.devices = new DeviceNormaliser(stamper, settings.zone());
    this.events = new EventNormaliser(stamper, settings.zone(), settings.urgentEvents());
  }

  /**
   * Reads, normalises and stamps a body.
   *
   * @throws BadUploadException when it is no JSON or not an upload
   */
  Upload read(Kind kind, byte[] body) throws BadUploadException {
    JsonNode root = parse(body);
    if (root.isMissingNode() || root.isNull() || (root.isContainerNode() && root.isEmpty())) {
      throw new BadUploadException(400, Answers.EMPTY_BODY);
    }
    if (!root.isContainerNode()) {
      throw new BadUploadException(400, "请求体必须是JSON对象或数组");
    }
    Collector collector = new Collector(kind, Values.local(clock.instant(), settings.zone()));
    switch (kind) {
      case HEALTH -> collector.addHealth(root);
      case DEVICE -> collector.addAll(unwrapped(new Item(root, List.of())));
      case EVENT -> collector.addAll(new Item(root, List.of()));
    }
    return collector.upload();
  }

  /**
   * Reads an item that was unreadable once more.
   *
   * @return its records; empty when it still is none
   */
  public List<AcceptedRecord> reread(Kind kind, byte[] item) {
    try {
      Upload upload = read(kind, item);
      return upload.unreadable().isEmpty() ? upload.records() : List.of();
    } catch (BadUploadException e) {
      return List.of();
    }
  }

  private JsonNode parse(byte[] body) throws BadUploadException {
    try {
      return json.readTree(body);
    } catch (StreamConstraintsException e) {
      throw new BadUploadException(400, "JSON嵌套过深或数值过长");
    } catch (IOException e) {
      throw new BadUploadException(400, "JSON格式错误");
    }
  }

  /** What is under the item's {@code data} when it only wraps, else the item. */
  private static Item unwrapped(Item item) {
    JsonNode data = item.node().get("data");
    return data != null && data.isContainerNode() ? item.inner(data) : item;
  }

  /** What one body comes to. */
  private final class Collector {

    private final Kind kind;
    private final LocalDateTime acceptedAt;
    private final List<AcceptedRecord> records = new ArrayList<>();
    private final List<Letter> unreadable = new ArrayList<>();
    private final List<UnreadableReason> reasons = new ArrayList<>();
    private boolean list;

    Collector(Kind kind, LocalDateTime acceptedAt) {
      this.kind = kind;
      this.acceptedAt = acceptedAt;
    }

    Upload upload() {
      return new Upload(records, unreadable, reasons, list);
    }

    /** {@code {"data": X}}, where X is an item, a list of items, or once more such an object. */
    void addHealth(JsonNode root) throws BadUploadException {
      JsonNode data = root.get("data");
      Item outer = new Item(root, List.of());
      addAll(data == null ? outer : unwrapped(outer.inner(data)));
    }

    void addAll(Item items) throws BadUploadException {
      if (!items.node().isArray()) {
        add(items);
        return;
      }
      list = true;
      if (items.node().size() > settings.maxItems()) {
        throw new BadUploadException(413, "数组过长，最多" + settings.maxItems() + "条");
      }
      for (JsonNode node : items.node()) {
        add(new Item(node, items.around()));
      }
    }

    private void add(Item item) {
      try {
        if (!item.node().isObject()) {
          throw new UnreadableItemException(UnreadableReason.NOT_AN_OBJECT);
        }
        switch (kind) {
          case HEALTH -> records.add(health.normalise(unwrapped(item), null, acceptedAt, null));
          case DEVICE -> records.add(devices.normalise(item, acceptedAt));
          case EVENT -> addEvent(item);
        }
      } catch (UnreadableItemException e) {
        keep(item.node(), e.reason());
      }
    }

    private void addEvent(Item item) throws UnreadableItemException {
      CommonEvent event = events.normalise(item, acceptedAt);
      records.add(event);
      JsonNode sent = item.first("healthData");
      if (sent != null && !(sent.isTextual() && Values.text(sent) == null)) {
        addHealthOf(event, item, sent);
      }
    }

    /**
     * The measurement that came with an event; when it cannot be read, the event stands all the
     * same.
     */
    private void addHealthOf(CommonEvent event, Item item, JsonNode sent) {
      JsonNode data = sent.isTextual() ? Values.json(sent.textValue(), json) : sent;
      if (data == null || !data.isObject() || data.isEmpty()) {
        keep(sent, UnreadableReason.HEALTH_DATA_UNREADABLE);
        return;
      }
      try {
        records.add(
            health.normalise(
                unwrapped(item.inner(data)), event.deviceSn(), event.timestamp(), "common_event"));
      } catch (UnreadableItemException e) {
        keep(sent, e.reason());
      }
    }

    private void keep(JsonNode node, UnreadableReason reason) {
      reasons.add(reason);
      unreadable.add(
          Letter.unreadable(
              DeadLetters.Source.INTAKE,
              kind,
              reason.name(),
              1,
              DeadLetters.BodyFormat.JSON,
              node.toString().getBytes(StandardCharsets.UTF_8)));
    }
  }
}
