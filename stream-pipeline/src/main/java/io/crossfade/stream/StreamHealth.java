package io.crossfade.stream;

import io.crossfade.db.Kind;
import io.crossfade.stream.StreamState.Pending;
import io.crossfade.stream.StreamState.Seen;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Says of each stream, partition by partition, what is in it and what has not reached a row. Ages
 * are those of acceptance stamps: an entry's id may come from a clock that was wrong.
 */
public final class StreamHealth {

  /**
   * One stream. Ids and ages are {@code null} where there is no such entry.
   *
   * @param stream its key, a partition's with its number
   * @param length entries in it, acknowledged ones within the retention included
   * @param firstEntry id of the oldest entry
   * @param lastEntry the highest id that an entry of it ever had
   * @param aheadMillis how far that id is ahead of the clock of Redis; 0 when it is not
   * @param overdueMillis how much older than the retention the oldest entry is; 0 when it is not
   * @param pending entries read and not acknowledged
   * @param lag entries no consumer has read; counted up to some thousand, reckoned beyond
   * @param oldestUnacknowledged id of the oldest entry whose row is not committed
   * @param oldestUnacknowledgedMillis time since its acceptance
   * @param oldestPending the oldest entry that was read and not acknowledged
   * @param consumers members of the group, in all processes
   */
  public record Stats(
      String stream,
      long length,
      @Nullable String firstEntry,
      @Nullable String lastEntry,
      long aheadMillis,
      long overdueMillis,
      long pending,
      long lag,
      @Nullable String oldestUnacknowledged,
      @Nullable Long oldestUnacknowledgedMillis,
      @Nullable Stuck oldestPending,
      int consumers) {

    /** The key of the stream that it is a partition of; its own when it is none. */
    public String whole() {
      int number = stream.indexOf(StreamName.NUMBER);
      return number < 0 ? stream : stream.substring(0, number);
    }

    /** Whether the row of every entry up to {@code entry} is committed. */
    public boolean committed(String entry) {
      return oldestUnacknowledged == null
          || EntryId.parse(oldestUnacknowledged).compareTo(EntryId.parse(entry)) > 0;
    }
  }

  /**
   * An entry that was read and not acknowledged.
   *
   * @param entry its id
   * @param consumer who has it
   * @param idleMillis since that consumer was given it
   * @param deliveries how often it was given to one
   * @param ageMillis since its acceptance
   * @param holdsUpTrimming whether entries that are due to be trimmed stay because of it
   */
  public record Stuck(
      String entry,
      String consumer,
      long idleMillis,
      long deliveries,
      long ageMillis,
      boolean holdsUpTrimming) {}

  /**
   * One stream with those who read it.
   *
   * @param firstEntryMillis time since the acceptance of its oldest entry
   * @param members of our group, the one with the oldest entry first
   * @param groups of everybody, ours among them
   */
  public record Detail(
      Stats stats, @Nullable Long firstEntryMillis, List<Member> members, List<Group> groups) {}

  /**
   * A consumer of our group, in whichever process.
   *
   * @param pending entries that it was given and did not acknowledge
   * @param idleMillis since it asked for entries
   * @param oldest of these entries
   */
  public record Member(String consumer, long pending, long idleMillis, @Nullable Stuck oldest) {}

  /**
   * A consumer group.
   *
   * @param pending entries that it was given and did not acknowledge
   * @param ours whether it is the one that writes rows
   * @param holdsUpTrimming whether entries that are due to be trimmed stay because of it
   */
  public record Group(String name, long pending, boolean ours, boolean holdsUpTrimming) {}

  /** More are reckoned, and not counted: counting costs Redis a millisecond per thousand. */
  static final long MOST_COUNTED = 10_000;

  private final StreamLook look;
  private final StreamLayouts layouts;
  private final StreamSettings settings;
  private final InstantSource clock;

  /**
   * @param clock that of the acceptance stamps
   */
  StreamHealth(
      StreamLook look, StreamLayouts layouts, StreamSettings settings, InstantSource clock) {
    this.look = look;
    this.layouts = layouts;
    this.settings = settings;
    this.clock = clock;
  }

  /** All streams that there are now, by partition; those of former layouts until they are empty. */
  List<StreamName> streams() {
    return layouts.all();
  }

  /** What is in each of these. */
  public List<Stats> stats() {
    List<StreamName> streams = streams();
    List<StreamState> states = look.at(streams);
    return IntStream.range(0, states.size())
        .mapToObj(i -> stats(streams.get(i), states.get(i)))
        .toList();
  }

  /** Whether every entry of every stream is acknowledged. */
  public boolean drained() {
    return look.at(streams()).stream().allMatch(state -> state.oldestUnacknowledged().isEmpty());
  }

  boolean drained(StreamName stream) {
    return look.at(stream).oldestUnacknowledged().isEmpty();
  }

  /**
   * What of a kind has no committed row.
   *
   * @param entries of unread ones as {@link Stats#lag}
   * @param age see {@link #backlogAge}
   */
  public record Backlog(long entries, Duration age) {}

  /** Its entries and their age, in one look. */
  public Backlog backlog(Kind kind) {
    List<StreamName> streams = layouts.all(kind);
    List<StreamState> states = look.at(streams);
    return new Backlog(
        IntStream.range(0, states.size())
            .mapToLong(
                i -> pending(states.get(i)) + waiting(streams.get(i), states.get(i), MOST_COUNTED))
            .sum(),
        age(states));
  }

  /**
   * Time since the oldest acceptance of a kind whose row is not committed; zero without any. Counts
   * no entry.
   */
  public Duration backlogAge(Kind kind) {
    return age(look.at(layouts.all(kind)));
  }

  private Duration age(List<StreamState> states) {
    Instant now = clock.instant();
    return states.stream()
        .flatMap(state -> state.oldestAge(now).stream())
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  Stats stats(StreamName stream) {
    return stats(stream, look.at(stream));
  }

  Stats stats(StreamName stream, StreamState state) {
    Instant now = clock.instant();
    Duration overdue = overdue(state);
    return new Stats(
        settings.key(stream),
        state.length(),
        state.first().map(entry -> entry.id().toString()).orElse(null),
        state.lastGenerated().equals(EntryId.ZERO) ? null : state.lastGenerated().toString(),
        state.ahead().toMillis(),
        overdue.toMillis(),
        pending(state),
        waiting(stream, state, MOST_COUNTED),
        state.oldestUnacknowledged().map(entry -> entry.id().toString()).orElse(null),
        state.oldestAge(now).map(Duration::toMillis).orElse(null),
        state.oldestPending().map(pending -> stuck(pending, state, now, overdue)).orElse(null),
        state.ours().map(StreamState.Group::consumers).orElse(0));
  }

  /** All streams with those who read them, now. */
  public List<Detail> details() {
    return streams().stream().map(this::detail).toList();
  }

  private Detail detail(StreamName stream) {
    StreamState state = look.at(stream);
    Instant now = clock.instant();
    Duration overdue = overdue(state);
    return new Detail(
        stats(stream, state),
        state.first().map(entry -> entry.age(now).toMillis()).orElse(null),
        look.members(stream).stream()
            .map(
                member ->
                    new Member(
                        member.consumer(),
                        member.pending(),
                        member.idle().toMillis(),
                        member
                            .oldest()
                            .map(oldest -> stuck(oldest, state, now, overdue))
                            .orElse(null)))
            .toList(),
        state.groups().stream()
            .map(
                group ->
                    new Group(
                        group.name(),
                        group.pending(),
                        state.ours().equals(Optional.of(group)),
                        overdue.isPositive()
                            && state
                                .first()
                                .map(first -> group.done().compareTo(first.id()) <= 0)
                                .orElse(false)))
            .toList());
  }

  /** Also one that is in the stream no more holds up what comes after it. */
  private static Stuck stuck(Pending pending, StreamState state, Instant now, Duration overdue) {
    boolean oldest =
        state.first().map(first -> pending.entry().id().compareTo(first.id()) <= 0).orElse(false);
    return new Stuck(
        pending.entry().id().toString(),
        pending.consumer(),
        pending.idle().toMillis(),
        pending.deliveries(),
        pending.age(now).toMillis(),
        overdue.isPositive() && oldest);
  }

  private Duration overdue(StreamState state) {
    Optional<Seen> first = state.first();
    Duration overdue =
        first
            .map(entry -> entry.age(clock.instant()))
            .orElse(Duration.ZERO)
            .minus(settings.retention());
    return overdue.isPositive() ? overdue : Duration.ZERO;
  }

  /** Entries that no consumer has read, counted up to {@code most}. */
  long waiting(StreamName stream, long most) {
    return waiting(List.of(stream), most);
  }

  /** Entries of some streams that no consumer has read; beyond {@code most} it says no more. */
  long waiting(List<StreamName> streams, long most) {
    List<StreamState> states = look.at(streams);
    long waiting = 0;
    for (int i = 0; i < states.size() && waiting < most; i++) {
      waiting += Math.min(most, waiting(streams.get(i), states.get(i), most));
    }
    return waiting;
  }

  /** Redis' own reckoning stays wrong after a fail-over, so that it must only do for many. */
  private long waiting(StreamName stream, StreamState state, long most) {
    if (state.allDelivered()) {
      return 0;
    }
    EntryId from = state.ours().map(StreamState.Group::lastDelivered).orElse(EntryId.ZERO);
    long counted = look.countAfter(stream, from, most);
    long lag = state.ours().map(StreamState.Group::lag).orElse(state.length());
    return counted < most ? counted : Math.clamp(lag, most, Math.max(most, state.length()));
  }

  private static long pending(StreamState state) {
    return state.ours().map(StreamState.Group::pending).orElse(0L);
  }
}
