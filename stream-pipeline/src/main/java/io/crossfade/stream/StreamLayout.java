package io.crossfade.stream;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.DeviceBucket;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * How each stream is cut into partitions: each has a range of the devices' buckets. One partition
 * is the stream as a whole, under its own key.
 */
final class StreamLayout {

  static final int MOST = 4_096;

  private final int partitions;
  private final Map<StreamName, List<StreamName>> streams = new ConcurrentHashMap<>();

  /**
   * @param partitions 1 to {@value #MOST}
   */
  StreamLayout(int partitions) {
    this.partitions = partitions;
  }

  int partitions() {
    return partitions;
  }

  /** Where a record goes; makes nothing, for every record asks. */
  StreamName of(AcceptedRecord accepted) {
    StreamName whole = StreamName.of(accepted);
    return partitions == 1 ? whole : of(whole).get(partition(accepted.deviceSn()));
  }

  /** The number of a device's partition. */
  int partition(String device) {
    return DeviceBucket.of(device) * partitions / DeviceBucket.ALL;
  }

  /** What a whole stream is cut into, in the order of the numbers. */
  List<StreamName> of(StreamName whole) {
    List<StreamName> known = streams.get(whole);
    return known != null
        ? known
        : Objects.requireNonNull(streams.computeIfAbsent(whole, this::cut));
  }

  private List<StreamName> cut(StreamName whole) {
    return partitions == 1
        ? List.of(whole)
        : IntStream.range(0, partitions).mapToObj(whole::partition).toList();
  }
}
