package io.crossfade.stream;

import io.crossfade.stream.StreamGroups.Group;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the retention: removes entries that are old and acknowledged, and none other; and forgets
 * consumers that were killed.
 */
final class StreamTrimmer {

  private static final Logger log = LoggerFactory.getLogger(StreamTrimmer.class);

  /** Far beyond any claim: whatever such a consumer had is with others by then. */
  private static final Duration SILENCE = Duration.ofHours(1);

  private final StreamGroups groups;
  private final StreamSettings settings;
  private final MeterRegistry meters;

  StreamTrimmer(StreamGroups groups, StreamSettings settings, MeterRegistry meters) {
    this.groups = groups;
    this.settings = settings;
    this.meters = meters;
  }

  void trimAll() {
    for (StreamName stream : StreamName.values()) {
      trim(stream);
    }
  }

  /** Trims one stream and returns how many entries went. */
  long trim(StreamName stream) {
    Optional<Group> group = groups.group(stream);
    if (group.isEmpty()) {
      return 0;
    }
    groups.forgetSilent(stream, SILENCE);
    if (groups.groupCount(stream) > 1) {
      log.warn(
          "{} has a group that is not ours; not trimmed, since it may still want entries",
          stream.key());
      return 0;
    }
    // Read in this order nothing is cut wrongly: what becomes pending later lies after
    // lastDelivered.
    EntryId safe = group.get().lastDelivered();
    safe = groups.oldestPending(stream).map(safe::orEarlier).orElse(safe);
    EntryId expired = EntryId.floor(groups.now().minus(settings.retention()));
    long trimmed = groups.trimBefore(stream, safe.orEarlier(expired));
    meters.counter(StreamMeter.TRIMMED.id(), "stream", stream.key()).increment((double) trimmed);
    return trimmed;
  }
}
