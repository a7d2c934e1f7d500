package io.crossfade.router.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.router.RouterSettings;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Reads the bodies of all kinds, in every shape that devices send. */
public final class UploadReader {

  private final SentJson json;
  private final Normalisers normalisers;
  private final RouterSettings settings;
  private final InstantSource clock;

  public UploadReader(RouterSettings settings, Stamper stamper, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
    this.json = new SentJson(settings.maxNesting());
    this.normalisers =
        new Normalisers(
            new HealthNormaliser(stamper, json),
            new DeviceNormaliser(stamper),
            new EventNormaliser(stamper, settings.urgentEvents()));
  }

  /** One for each kind. */
  record Normalisers(HealthNormaliser health, DeviceNormaliser devices, EventNormaliser events) {}

  /**
   * Reads, normalises and stamps a body.
   *
   * @throws BadUploadException when it is no JSON or not an upload
   */
  Upload read(Kind kind, byte[] body) throws BadUploadException {
    return read(kind, body, clock.instant());
  }

  /**
   * Reads an upload with one item that was unreadable once more.
   *
   * @param moment when it came: an item without a clock has its time from there
   * @return its records; empty when it still is none
   */
  public List<AcceptedRecord> reread(Kind kind, byte[] upload, Instant moment) {
    try {
      Upload read = read(kind, upload, moment);
      return read.unreadable().isEmpty() ? read.records() : List.of();
    } catch (BadUploadException e) {
      return List.of();
    }
  }

  private Upload read(Kind kind, byte[] body, Instant moment) throws BadUploadException {
    JsonNode root = parse(body);
    if (root.isMissingNode() || root.isNull() || (root.isContainerNode() && root.isEmpty())) {
      throw new BadUploadException(400, Answers.EMPTY_BODY);
    }
    if (!root.isContainerNode()) {
      throw new BadUploadException(400, "请求体必须是JSON对象或数组");
    }
    ItemCollector items =
        new ItemCollector(
            kind,
            normalisers,
            json,
            Clocks.at(moment, settings.maxClockAhead(), settings.zone()),
            moment,
            settings.maxItems());
    items.addRoot(root);
    return items.upload();
  }

  private JsonNode parse(byte[] body) throws BadUploadException {
    try {
      return json.read(Utf8.of(body));
    } catch (IOException e) {
      throw new BadUploadException(400, "JSON格式错误");
    }
  }
}
