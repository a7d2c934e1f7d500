package io.crossfade.stream;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.StreamKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A stream, or one partition of it, in the order in which consumers of its kind read them: urgent
 * records before any other.
 *
 * @param key in Redis, without the prefix of the settings
 * @param urgent whether its records go ahead of others of their kind
 * @param whole the key of the stream that it is a partition of; its own when it is none. Also the
 *     tag of its metrics
 */
public record StreamName(String key, Kind kind, boolean urgent, String whole)
    implements Comparable<StreamName> {

  /** Urgent events. */
  public static final StreamName URGENT = whole("urgent_event_stream", Kind.EVENT, true);

  public static final StreamName HEALTH = whole("health_data_stream", Kind.HEALTH, false);
  public static final StreamName DEVICE = whole("device_info_stream", Kind.DEVICE, false);
  public static final StreamName EVENT = whole("common_event_stream", Kind.EVENT, false);

  /** Before the number of a partition. */
  static final String NUMBER = ":{";

  /** By kind: each record that is appended asks. */
  private static final Map<Kind, List<StreamName>> BY_KIND = new ConcurrentHashMap<>();

  /** All streams of this process as if none were cut into partitions, urgent ones first. */
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
      streams.add(whole(keys.urgent(), kind, true));
    }
    streams.add(whole(keys.ordinary(), kind, false));
    return List.copyOf(streams);
  }

  private static StreamName whole(String key, Kind kind, boolean urgent) {
    return new StreamName(key, kind, urgent, key);
  }

  /**
   * A partition of this stream. What is in braces decides the slot in a cluster: urgent and
   * ordinary records of a partition are in one.
   */
  StreamName partition(int number) {
    return new StreamName("%s%s%02d}".formatted(whole, NUMBER, number), kind, urgent, whole);
  }

  /** The stream that it is a partition of. */
  StreamName ofWhole() {
    return key.equals(whole) ? this : whole(whole, kind, urgent);
  }

  @Override
  public int compareTo(StreamName other) {
    int byUrgency = Boolean.compare(other.urgent, urgent);
    int byKind = byUrgency != 0 ? byUrgency : kind.compareTo(other.kind);
    // The whole before its partitions, and {9} before {10}.
    int byLength = byKind != 0 ? byKind : Integer.compare(key.length(), other.key.length());
    return byLength != 0 ? byLength : key.compareTo(other.key);
  }

  @Override
  public String toString() {
    return key;
  }
}
