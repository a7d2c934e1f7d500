package io.crossfade.stream;

import io.crossfade.db.Kind;
import io.crossfade.stream.StreamGroups.Group;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says of each stream what is in it and what has not reached a row. */
public final class StreamHealth {

  /**
   * One stream. Ids and ages are {@code null} where there is no such entry.
   *
   * @param stream its key
   * @param length entries in it, acknowledged ones within the retention included
   * @param firstEntry id of the oldest entry
   * @param lastEntry id of the newest entry
   * @param pending entries read and not acknowledged
   * @param lag entries no consumer has read; {@code null} when Redis does not know
   * @param oldestUnacknowledged id of the oldest entry whose row is not committed
   * @param oldestUnacknowledgedMillis age of the oldest entry whose row is not committed
   * @param consumers members of the group, in all processes
   */
  public record Stats(
      String stream,
      long length,
      @Nullable String firstEntry,
      @Nullable String lastEntry,
      long pending,
      @Nullable Long lag,
      @Nullable String oldestUnacknowledged,
      @Nullable Long oldestUnacknowledgedMillis,
      int consumers) {

    /** Whether the row of every entry up to {@code entry} is committed. */
    public boolean committed(String entry) {
      return oldestUnacknowledged == null
          || EntryId.parse(oldestUnacknowledged).compareTo(EntryId.parse(entry)) > 0;
    }
  }

  private static final long MOST_COUNTED = 100_000;

  private final StreamGroups groups;
  private final StreamSettings settings;

  StreamHealth(StreamGroups groups, StreamSettings settings) {
    this.groups = groups;
    this.settings = settings;
  }

  /** All streams, now. */
  public List<Stats> stats() {
    return Arrays.stream(StreamName.values()).map(this::stats).toList();
  }

  /** Whether every entry of every stream is acknowledged. */
  public boolean drained() {
    return Arrays.stream(StreamName.values())
        .allMatch(stream -> oldestUnacknowledged(stream).isEmpty());
  }

  /** Entries of a kind whose row is not committed; of unread ones, up to {@value #MOST_COUNTED}. */
  public long backlog(Kind kind) {
    return StreamName.of(kind).stream()
        .mapToLong(
            stream ->
                groups.group(stream).map(Group::pending).orElse(0L) + waiting(stream, MOST_COUNTED))
        .sum();
  }

  /** Age of the oldest entry of a kind whose row is not committed; zero when there is none. */
  public Duration backlogAge(Kind kind) {
    Instant now = groups.now();
    return StreamName.of(kind).stream()
        .flatMap(stream -> oldestUnacknowledged(stream).stream())
        .map(id -> Duration.between(id.instant(), now))
        .filter(Duration::isPositive)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  Stats stats(StreamName stream) {
    Optional<Group> group = groups.group(stream);
    Optional<EntryId> oldest = oldestUnacknowledged(stream);
    Instant now = groups.now();
    return new Stats(
        settings.key(stream),
        groups.length(stream),
        groups.first(stream).map(EntryId::toString).orElse(null),
        groups.last(stream).map(EntryId::toString).orElse(null),
        group.map(Group::pending).orElse(0L),
        group.map(Group::lag).orElse(null),
        oldest.map(EntryId::toString).orElse(null),
        oldest.map(id -> Math.max(0, Duration.between(id.instant(), now).toMillis())).orElse(null),
        group.map(Group::consumers).orElse(0));
  }

  /**
   * Entries that no consumer has read. Redis 6.2 has no lag and later ones may not know it; then
   * they are counted, up to {@code most}.
   */
  long waiting(StreamName stream, long most) {
    return groups
        .group(stream)
        .map(
            group -> {
              Long lag = group.lag();
              return lag != null ? lag : groups.countAfter(stream, group.lastDelivered(), most);
            })
        .orElse(0L);
  }

  /** The oldest entry that is pending or not yet delivered. */
  Optional<EntryId> oldestUnacknowledged(StreamName stream) {
    Optional<Group> group = groups.group(stream);
    if (group.isEmpty()) {
      return groups.first(stream);
    }
    Optional<EntryId> pending = groups.oldestPending(stream);
    return pending.isPresent() ? pending : groups.firstAfter(stream, group.get().lastDelivered());
  }
}
