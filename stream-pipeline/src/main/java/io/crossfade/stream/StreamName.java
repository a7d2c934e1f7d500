package io.crossfade.stream;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.StreamKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stream, in the order in which consumers of its kind read them: urgent records before any other.
 *
 * @param key in Redis, without the prefix of the settings; also the tag of its metrics
 * @param urgent whether its records go ahead of others of their kind
 */
public record StreamName(String key, Kind kind, boolean urgent) implements Comparable<StreamName> {

  /** Urgent events. */
  public static final StreamName URGENT = new StreamName("urgent_event_stream", Kind.EVENT, true);

  public static final StreamName HEALTH = new StreamName("health_data_stream", Kind.HEALTH, false);
  public static final StreamName DEVICE = new StreamName("device_info_stream", Kind.DEVICE, false);
  public static final StreamName EVENT = new StreamName("common_event_stream", Kind.EVENT, false);

  /** By kind: each record that is appended asks. */
  private static final Map<Kind, List<StreamName>> BY_KIND = new ConcurrentHashMap<>();

  /** All streams of this process, urgent ones first. */
  public static List<StreamName> values() {
    return Kind.all().stream().flatMap(kind -> of(kind).stream()).sorted().toList();
  }

  static StreamName of(AcceptedRecord accepted) {
    List<StreamName> streams = of(accepted.kind());
    return streams.size() == 1 || accepted.kind().definition().urgent(accepted)
        ? streams.getFirst()
        : streams.getLast();
  }

  static List<StreamName> of(Kind kind) {
    return BY_KIND.computeIfAbsent(kind, StreamName::streams);
  }

  private static List<StreamName> streams(Kind kind) {
    StreamKeys keys = kind.definition().streams();
    List<StreamName> streams = new ArrayList<>();
    if (keys.urgent() != null) {
      streams.add(new StreamName(keys.urgent(), kind, true));
    }
    streams.add(new StreamName(keys.ordinary(), kind, false));
    return List.copyOf(streams);
  }

  @Override
  public int compareTo(StreamName other) {
    int byUrgency = Boolean.compare(other.urgent, urgent);
    int byKind = byUrgency != 0 ? byUrgency : kind.compareTo(other.kind);
    return byKind != 0 ? byKind : key.compareTo(other.key);
  }

  @Override
  public String toString() {
    return key;
  }
}
