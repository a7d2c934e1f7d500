package io.crossfade.stream;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.Kind;
import java.util.Arrays;
import java.util.List;

/** The streams, in the order in which a consumer of their kind reads them. */
public enum StreamName {
  /** Urgent events: read before any other event. */
  URGENT("urgent_event_stream", Kind.EVENT),
  HEALTH("health_data_stream", Kind.HEALTH),
  DEVICE("device_info_stream", Kind.DEVICE),
  EVENT("common_event_stream", Kind.EVENT);

  private final String key;
  private final Kind kind;

  StreamName(String key, Kind kind) {
    this.key = key;
    this.kind = kind;
  }

  /** The key in Redis, without the prefix of the settings; also the tag of its metrics. */
  public String key() {
    return key;
  }

  public Kind kind() {
    return kind;
  }

  static StreamName of(AcceptedRecord accepted) {
    return switch (accepted.kind()) {
      case HEALTH -> HEALTH;
      case DEVICE -> DEVICE;
      case EVENT -> accepted instanceof CommonEvent event && event.urgent() ? URGENT : EVENT;
    };
  }

  static List<StreamName> of(Kind kind) {
    return Arrays.stream(values()).filter(stream -> stream.kind == kind).toList();
  }
}
