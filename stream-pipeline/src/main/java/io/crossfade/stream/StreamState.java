package io.crossfade.stream;

import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.RecordCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A stream and its groups, all of it at one moment.
 *
 * @param now on the clock of Redis, by which entry ids are given
 * @param length entries in it, acknowledged ones included
 * @param lastGenerated the highest id that an entry of it ever had
 * @param first the oldest entry, if there is any
 * @param groups of everybody, ours among them
 * @param ours our group, unless it is missing
 * @param oldestPending of our group: the oldest entry that was read and not acknowledged
 * @param firstUnread the oldest entry that our group has not been given; without a group the first
 */
record StreamState(
    Instant now,
    long length,
    EntryId lastGenerated,
    Optional<Seen> first,
    List<Group> groups,
    Optional<Group> ours,
    Optional<Pending> oldestPending,
    Optional<Seen> firstUnread) {

  /**
   * A consumer group.
   *
   * @param lag entries that it was not given, as Redis reckons; -1 when it does not know. Wrong for
   *     ever after a fail-over (Redis#13336)
   * @param oldestPending id of the oldest entry that it was given and did not acknowledge
   */
  record Group(
      String name,
      int consumers,
      long pending,
      EntryId lastDelivered,
      long lag,
      Optional<EntryId> oldestPending) {

    /** Whatever comes before has been acknowledged by this group. */
    EntryId done() {
      return oldestPending.map(lastDelivered::orEarlier).orElse(lastDelivered);
    }
  }

  /**
   * An entry.
   *
   * @param accepted the moment of its acceptance stamp; empty when it holds no record
   */
  record Seen(EntryId id, Optional<Instant> accepted) {

    static Seen of(String id, byte[] beginning) {
      return new Seen(
          EntryId.parse(id),
          RecordCodec.beginning(beginning)
              .map(acceptance -> AcceptanceStamp.instantOf(acceptance.stamp())));
    }

    /**
     * Since when it waits: since its acceptance. An entry's id is no clock: one from the future
     * makes all after it younger than they are. Only where there is no stamp the id must do.
     */
    Instant since(Instant now) {
      Instant known = accepted.orElse(id.instant());
      return known.isBefore(now) ? known : now;
    }

    Duration age(Instant now) {
      return Duration.between(since(now), now);
    }
  }

  /**
   * An entry that was read and not acknowledged.
   *
   * @param consumer who has it
   * @param idle since it was given to that consumer
   * @param deliveries how often it was given to one
   */
  record Pending(Seen entry, String consumer, Duration idle, long deliveries) {

    /** A foreign entry with an id from the future has at least been idle for so long. */
    Duration age(Instant now) {
      Duration age = entry.age(now);
      return age.compareTo(idle) > 0 ? age : idle;
    }
  }

  /**
   * A consumer of our group, in whichever process.
   *
   * @param pending entries that it was given and did not acknowledge
   * @param idle since it asked for entries
   * @param oldest of these entries
   */
  record Member(String consumer, long pending, Duration idle, Optional<Pending> oldest) {}

  /** How far its last id is ahead of the clock of Redis; zero when it is not. */
  Duration ahead() {
    Duration ahead = Duration.between(now, lastGenerated.instant());
    return ahead.isPositive() ? ahead : Duration.ZERO;
  }

  /** The oldest entry whose row is not committed. */
  Optional<Seen> oldestUnacknowledged() {
    return oldestPending.map(Pending::entry).or(() -> firstUnread);
  }

  /** How long that waits. */
  Optional<Duration> oldestAge(Instant clock) {
    return oldestPending
        .map(pending -> pending.age(clock))
        .or(() -> firstUnread.map(entry -> entry.age(clock)));
  }

  /**
   * Whatever comes before may be trimmed: every group has acknowledged it. Empty while there is no
   * group of ours, which would want all of it.
   */
  Optional<EntryId> trimmable() {
    return ours.flatMap(
        group ->
            Stream.concat(Stream.of(group), groups.stream())
                .map(Group::done)
                .reduce(EntryId::orEarlier));
  }

  /** Whether our group was given everything; then nothing waits, whatever Redis says of its lag. */
  boolean allDelivered() {
    return ours.map(group -> group.lastDelivered().compareTo(lastGenerated) >= 0)
        .orElse(length == 0);
  }

  static StreamState missing(Instant now) {
    return new StreamState(
        now,
        0,
        EntryId.ZERO,
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  static Optional<Group> named(String name, List<Group> groups) {
    return groups.stream().filter(group -> Objects.equals(group.name(), name)).findFirst();
  }
}
