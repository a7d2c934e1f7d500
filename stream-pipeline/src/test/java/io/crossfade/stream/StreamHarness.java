package io.crossfade.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.TestOutputs;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.process.Loops;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.XReadArgs;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.springframework.util.unit.DataSize;

/** The stream path put together as {@link StreamConfiguration} does, for one test. */
final class StreamHarness implements AutoCloseable {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(20);
  private static final Duration DAY = Duration.ofHours(24);
  private static final DataSize AUTOMATIC = DataSize.ofBytes(0);

  final MeterRegistry meters = new SimpleMeterRegistry();
  final StreamSettings settings;
  final Loops loops = new Loops(meters);
  final RedisLinks links;
  final StreamGroups groups;
  final StreamLook look;
  final StreamLayouts layouts;
  final StreamHealth health;
  final StreamAppender appender;
  final BatchHandler handler;
  final ByteBudget budget = new ByteBudget(1L << 30);
  private final RedisClient client;
  private final List<ConsumerFleet> fleets = new ArrayList<>();

  StreamHarness(int port, StreamSettings settings, TestOutputs outputs) {
    this(RedisURI.create("127.0.0.1", port), settings, outputs);
  }

  StreamHarness(RedisURI redis, StreamSettings settings, TestOutputs outputs) {
    this(redis, settings, outputs, outputs.stream());
  }

  /**
   * @param stream in place of the output's own
   */
  StreamHarness(RedisURI redis, StreamSettings settings, TestOutputs outputs, DataSource stream) {
    this(redis, settings, stream, new DeadLetters(outputs.control()));
  }

  StreamHarness(
      RedisURI redis, StreamSettings settings, DataSource stream, DeadLetters deadLetters) {
    this.settings = settings;
    client = RedisClient.create(redis);
    client.setOptions(RedisLinks.options());
    links = new RedisLinks(client, settings);
    groups = new StreamGroups(links, settings);
    look = new StreamLook(links, settings);
    layouts = new StreamLayouts(links, settings);
    health = new StreamHealth(look, layouts, settings, InstantSource.system());
    appender = new StreamAppender(links, settings, loops, meters, budget);
    appender.willAppend();
    appender.start();
    handler =
        new BatchHandler(
            links,
            groups,
            new Output(stream),
            deadLetters,
            settings,
            InstantSource.system(),
            meters);
  }

  static StreamSettings settings(boolean validateOnly, int maxConsumers) {
    return settings(validateOnly, maxConsumers, Duration.ofSeconds(1));
  }

  static StreamSettings settings(boolean validateOnly, int maxConsumers, Duration claimIdle) {
    return settings(validateOnly, maxConsumers, claimIdle, DAY, 20_000, AUTOMATIC, 8);
  }

  /** The same on a Redis that keeps entries so long and so many. */
  static StreamSettings keeping(Duration retention, DataSize maxBytes) {
    return settings(false, 1, SECOND, retention, 20_000, maxBytes, 8);
  }

  /** The same with so many appends in flight. */
  static StreamSettings inFlight(int most) {
    return settings(false, 1, SECOND, DAY, most, AUTOMATIC, 8);
  }

  /** The same where an entry is given to consumers so often. */
  static StreamSettings delivering(int most, Duration claimIdle) {
    return settings(false, 1, claimIdle, DAY, 20_000, AUTOMATIC, most);
  }

  /** The same where anybody may claim from anybody, and nothing is kept longer than it must. */
  static StreamSettings modelled(Duration retention) {
    return settings(false, 1, Duration.ZERO, retention, 20_000, AUTOMATIC, 1_000);
  }

  /** The same of one of several processes that may cut the streams otherwise than the others. */
  static StreamSettings partitioned(
      String prefix, int partitions, Duration claimIdle, Duration retention) {
    return settings(prefix, false, 2, claimIdle, retention, 20_000, AUTOMATIC, 8, partitions);
  }

  private static StreamSettings settings(
      boolean validateOnly,
      int maxConsumers,
      Duration claimIdle,
      Duration retention,
      int maxInFlight,
      DataSize maxBytes,
      int maxDeliveries) {
    return settings(
        TestRedis.newPrefix(),
        validateOnly,
        maxConsumers,
        claimIdle,
        retention,
        maxInFlight,
        maxBytes,
        maxDeliveries,
        1);
  }

  private static StreamSettings settings(
      String prefix,
      boolean validateOnly,
      int maxConsumers,
      Duration claimIdle,
      Duration retention,
      int maxInFlight,
      DataSize maxBytes,
      int maxDeliveries,
      int partitions) {
    return new StreamSettings(
        prefix,
        true,
        validateOnly,
        maxConsumers,
        claimIdle,
        retention,
        Duration.ofSeconds(10),
        maxInFlight,
        maxBytes,
        maxDeliveries,
        partitions);
  }

  List<String> append(List<? extends AcceptedRecord> records) throws Exception {
    return appender.append(records).get(20, TimeUnit.SECONDS);
  }

  /** Asks for what nobody has read, as one element since that is how Lettuce takes it. */
  @SuppressWarnings({"unchecked", "rawtypes"})
  XReadArgs.StreamOffset<String>[] unread(StreamName stream) {
    return new XReadArgs.StreamOffset[] {XReadArgs.StreamOffset.lastConsumed(settings.key(stream))};
  }

  ConsumerFleet consume(Kind kind) {
    ConsumerFleet fleet =
        new ConsumerFleet(
            kind,
            new InstanceName("it" + (fleets.isEmpty() ? "" : fleets.size())),
            links,
            groups,
            layouts,
            health,
            handler,
            settings,
            loops,
            meters,
            budget);
    fleets.add(fleet);
    fleet.start();
    return fleet;
  }

  /** One round of what every process does by itself. */
  StreamUpkeep upkeep() {
    return upkeep(groups);
  }

  /** The same, of a process that knows of the groups what these do. */
  StreamUpkeep upkeep(StreamGroups groups) {
    meters.getMeters().stream().filter(Gauge.class::isInstance).forEach(meters::remove);
    return new StreamUpkeep(look, groups, health, trimmer(), settings, meters);
  }

  private StreamTrimmer trimmer() {
    return new StreamTrimmer(look, groups, settings, InstantSource.system(), meters);
  }

  long trim(StreamName stream) {
    return trimmer().trim(stream, look.at(stream), 0, Long.MAX_VALUE);
  }

  boolean drained(StreamName stream) {
    return health.drained(stream);
  }

  double count(StreamMeter meter, StreamName stream) {
    return meters.counter(meter.id(), "stream", stream.key()).count();
  }

  void stopConsumers() {
    fleets.forEach(ConsumerFleet::beginStop);
    long end = System.nanoTime() + STOP_PATIENCE.toNanos();
    fleets.forEach(fleet -> fleet.stopConsumers(end));
    fleets.forEach(fleet -> fleet.awaitStop(end));
    fleets.clear();
  }

  @Override
  public void close() {
    stopConsumers();
    appender.stop();
    await("what was read gives back what it took")
        .atMost(STOP_PATIENCE)
        .untilAsserted(() -> assertThat(budget.used()).isZero());
    client.shutdown(0, 1, TimeUnit.SECONDS);
  }
}
