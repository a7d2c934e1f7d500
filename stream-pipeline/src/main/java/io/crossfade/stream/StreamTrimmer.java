package io.crossfade.stream;

import io.crossfade.stream.StreamState.Seen;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Keeps the streams within the retention and within their share of Redis' memory: removes entries
 * that are old, or too many, and never one that a group has not acknowledged.
 */
final class StreamTrimmer {

  /** Of one stream at one time; what is still due then has its turn at the next. */
  private static final Duration LONGEST = Duration.ofSeconds(1);

  /** Entries that Redis looks at in one question, so that others have their turn. */
  private static final long STEP = 500;

  private final StreamLook look;
  private final StreamGroups groups;
  private final StreamSettings settings;
  private final InstantSource clock;
  private final MeterRegistry meters;

  /**
   * @param clock that of the acceptance stamps
   */
  StreamTrimmer(
      StreamLook look,
      StreamGroups groups,
      StreamSettings settings,
      InstantSource clock,
      MeterRegistry meters) {
    this.look = look;
    this.groups = groups;
    this.settings = settings;
    this.clock = clock;
    this.meters = meters;
  }

  /**
   * Trims one stream until nothing is due, or its time is over.
   *
   * @param bytes that it takes of Redis' memory
   * @param most that it may
   * @return how many entries went
   */
  long trim(StreamName stream, StreamState state, long bytes, long most) {
    Optional<EntryId> safe = state.trimmable();
    if (safe.isEmpty() || state.first().isEmpty()) {
      return 0;
    }
    long end = System.nanoTime() + LONGEST.toNanos();
    long trimmed = trimExpired(stream, state, safe.get(), end);
    long left = state.length() - trimmed;
    if (bytes > most && left > 0) {
      double average = (double) bytes / state.length();
      long excess = (long) Math.ceil(left - most / average);
      trimmed += trimOldest(stream, safe.get(), excess, end);
    }
    meters.counter(StreamMeter.TRIMMED.id(), "stream", stream.whole()).increment((double) trimmed);
    return trimmed;
  }

  private long trimExpired(StreamName stream, StreamState state, EntryId safe, long end) {
    Instant oldest = clock.instant().minus(settings.retention());
    EntryId before = safe.orEarlier(EntryId.floor(state.now().minus(settings.retention())));
    long trimmed = 0;
    if (state.first().orElseThrow().id().compareTo(before) < 0) {
      long removed;
      do {
        // Redis removes some thousand at a call, and none of a node that has one to be kept.
        removed = groups.trimNodesBefore(stream, before);
        trimmed += removed;
      } while (removed > 0 && System.nanoTime() < end);
      if (removed == 0) {
        trimmed += groups.trimBefore(stream, before);
      }
    }
    return state.ahead().isZero() ? trimmed : trimmed + trimByStamps(stream, safe, oldest, end);
  }

  /** Where ids are from the future they say nothing of an entry's age. */
  private long trimByStamps(StreamName stream, EntryId safe, Instant oldest, long end) {
    long trimmed = 0;
    long step = STEP;
    while (step > 0 && System.nanoTime() < end) {
      Optional<Seen> nth = look.nth(stream, safe, step);
      if (nth.isEmpty()) {
        break;
      }
      // Of an entry without a stamp nothing more is known, and every group is done with it.
      if (nth.get().accepted().orElse(oldest).isAfter(oldest)) {
        step /= 2;
      } else {
        trimmed += groups.trimBefore(stream, nth.get().id().next());
      }
    }
    return trimmed;
  }

  private long trimOldest(StreamName stream, EntryId safe, long entries, long end) {
    long trimmed = 0;
    while (trimmed < entries && System.nanoTime() < end) {
      Optional<Seen> nth = look.nth(stream, safe, Math.min(STEP, entries - trimmed));
      if (nth.isEmpty()) {
        break;
      }
      long removed = groups.trimBefore(stream, nth.get().id().next());
      trimmed += removed;
      if (removed == 0) {
        break;
      }
    }
    return trimmed;
  }
}
