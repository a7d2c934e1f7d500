package io.crossfade.stream;

import io.crossfade.db.logging.OutageLog;
import io.crossfade.stream.StreamHealth.Stats;
import io.crossfade.stream.StreamHealth.Stuck;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the streams every few seconds: makes their groups, measures them, trims them, and
 * says once what an operator should know.
 */
final class StreamUpkeep {

  private static final Logger log = LoggerFactory.getLogger(StreamUpkeep.class);

  /** Far beyond any claim: whatever such a consumer had is with others by then. */
  private static final Duration SILENCE = Duration.ofHours(1);

  /** Clocks of a Redis and its replica differ so much at most. */
  private static final Duration AHEAD = Duration.ofSeconds(1);

  private static final Duration LONG_PENDING = Duration.ofMinutes(1);

  /** Of one round; what is left of many partitions then begins the next. */
  private static final Duration ROUND = Duration.ofSeconds(10);

  private record Measured(Stats stats, double bytes) {}

  private final StreamLook look;
  private final StreamGroups groups;
  private final StreamHealth health;
  private final StreamTrimmer trimmer;
  private final StreamSettings settings;
  private final Map<StreamName, Measured> measured = new ConcurrentHashMap<>();
  private final Map<StreamName, String> said = new HashMap<>();
  private final Deque<StreamName> due = new ArrayDeque<>();
  private final OutageLog looking = new OutageLog(log, "Cannot look after a stream");
  private final OutageLog making = new OutageLog(log, "Cannot make the group of a stream");

  StreamUpkeep(
      StreamLook look,
      StreamGroups groups,
      StreamHealth health,
      StreamTrimmer trimmer,
      StreamSettings settings,
      MeterRegistry meters) {
    this.look = look;
    this.groups = groups;
    this.health = health;
    this.trimmer = trimmer;
    this.settings = settings;
    for (StreamName stream : StreamName.values()) {
      sum(StreamMeter.LENGTH, stream, known -> known.stats().length(), meters);
      sum(StreamMeter.PENDING, stream, known -> known.stats().pending(), meters);
      sum(StreamMeter.WAITING, stream, known -> known.stats().lag(), meters);
      sum(StreamMeter.BYTES, stream, Measured::bytes, meters);
      most(
          StreamMeter.OLDEST_UNACKNOWLEDGED,
          stream,
          stats -> seconds(stats.oldestUnacknowledgedMillis()),
          meters);
      most(StreamMeter.AHEAD, stream, stats -> seconds(stats.aheadMillis()), meters);
      most(StreamMeter.OVERDUE, stream, stats -> seconds(stats.overdueMillis()), meters);
      most(
          StreamMeter.OLDEST_PENDING,
          stream,
          stats -> stats.oldestPending() == null ? 0 : seconds(stats.oldestPending().ageMillis()),
          meters);
      most(
          StreamMeter.DELIVERIES,
          stream,
          stats -> stats.oldestPending() == null ? 0 : stats.oldestPending().deliveries(),
          meters);
    }
  }

  /**
   * One round over all streams and their partitions; one that is no stream does not keep it from
   * the others.
   *
   * @throws RedisException when Redis is away, or is a wrong one for all of them
   */
  void round() {
    List<StreamName> all = health.streams();
    measured.keySet().retainAll(all);
    said.keySet().retainAll(all);
    if (due.isEmpty()) {
      due.addAll(all);
    }
    long most = mostBytes();
    Map<String, Long> partitions =
        all.stream().collect(Collectors.groupingBy(StreamName::whole, Collectors.counting()));
    long end = System.nanoTime() + ROUND.toNanos();
    boolean well = true;
    while (!due.isEmpty() && System.nanoTime() < end) {
      StreamName stream = due.removeFirst();
      try {
        round(stream, most / partitions.getOrDefault(stream.whole(), 1L));
      } catch (RedisCommandExecutionException e) {
        if (WrongServer.said(e)) {
          throw e;
        }
        looking.failed("%s: %s".formatted(stream.key(), e.getMessage()));
        well = false;
      }
    }
    if (well) {
      looking.worked();
    }
  }

  private void round(StreamName stream, long most) {
    StreamState state = look.at(stream);
    if (state.ours().isPresent()) {
      groups.known(stream);
    } else if (made(stream)) {
      state = look.at(stream);
    }
    OptionalLong bytes = bytes(stream);
    Stats stats = health.stats(stream, state);
    measured.put(stream, new Measured(stats, bytes.isPresent() ? bytes.getAsLong() : Double.NaN));
    say(stream, state, stats);
    if (settings.consume()) {
      trimmer.trim(stream, state, bytes.orElse(0), most);
      groups.forgetSilent(stream, SILENCE);
    }
  }

  /** Now and not when the first consumer comes: a Redis that is full then makes no group. */
  private boolean made(StreamName stream) {
    try {
      groups.ensure(stream);
      making.worked();
      return true;
    } catch (RedisCommandExecutionException e) {
      making.failed("%s: %s".formatted(stream.key(), e.getMessage()));
      return false;
    }
  }

  private OptionalLong bytes(StreamName stream) {
    try {
      return OptionalLong.of(groups.bytes(stream));
    } catch (RedisCommandExecutionException e) {
      log.debug("Redis does not say how large {} is: {}", stream.key(), e.getMessage());
      return OptionalLong.empty();
    }
  }

  /** What one stream may take of Redis' memory, bytes. */
  private long mostBytes() {
    if (settings.maxBytes().toBytes() > 0) {
      return settings.maxBytes().toBytes();
    }
    try {
      return RedisMemory.parse(groups.memory()).share(StreamName.values().size());
    } catch (RedisCommandExecutionException e) {
      log.debug("Redis does not say how much memory it has: {}", e.getMessage());
      return Long.MAX_VALUE;
    }
  }

  private void say(StreamName stream, StreamState state, Stats stats) {
    String message = trouble(state, stats);
    if (message.isEmpty()) {
      said.remove(stream);
    } else if (!message.equals(said.put(stream, message))) {
      log.warn("{}: {}", stream.key(), message);
    }
  }

  private static String trouble(StreamState state, Stats stats) {
    Stuck stuck = stats.oldestPending();
    if (state.ahead().compareTo(AHEAD) > 0) {
      return "its last id, %s, is ahead of the clock of Redis; ages come from acceptance stamps"
          .formatted(state.lastGenerated());
    }
    if (stuck != null && stuck.ageMillis() > LONG_PENDING.toMillis()) {
      return "entry %s stays pending with %s after %d deliveries%s"
          .formatted(
              stuck.entry(),
              stuck.consumer(),
              stuck.deliveries(),
              stuck.holdsUpTrimming() ? ", and holds up trimming" : "");
    }
    if (stats.overdueMillis() > LONG_PENDING.toMillis()) {
      return state.groups().stream()
          .filter(group -> state.trimmable().equals(Optional.of(group.done())))
          .map(group -> "group %s holds up trimming".formatted(group.name()))
          .findFirst()
          .orElse("");
    }
    return "";
  }

  /** Of all partitions together. */
  private void sum(
      StreamMeter meter,
      StreamName stream,
      ToDoubleFunction<Measured> value,
      MeterRegistry meters) {
    register(meter, stream, partitions -> partitions.mapToDouble(value).sum(), meters);
  }

  /** Of the partition where it is most. */
  private void most(
      StreamMeter meter, StreamName stream, ToDoubleFunction<Stats> value, MeterRegistry meters) {
    register(
        meter,
        stream,
        partitions ->
            partitions
                .mapToDouble(known -> value.applyAsDouble(known.stats()))
                .max()
                .orElse(Double.NaN),
        meters);
  }

  private void register(
      StreamMeter meter,
      StreamName stream,
      ToDoubleFunction<Stream<Measured>> value,
      MeterRegistry meters) {
    Gauge.builder(
            meter.id(),
            () -> {
              List<Measured> partitions =
                  measured.entrySet().stream()
                      .filter(one -> one.getKey().whole().equals(stream.key()))
                      .map(Map.Entry::getValue)
                      .toList();
              return partitions.isEmpty() ? Double.NaN : value.applyAsDouble(partitions.stream());
            })
        .description(meter.description())
        .tag("stream", stream.key())
        .register(meters);
  }

  private static double seconds(@Nullable Long millis) {
    return millis == null ? 0 : millis / 1000.0;
  }
}
