package io.crossfade.stream;

import io.crossfade.db.InstanceName;
import io.crossfade.db.Kind;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.process.LoopStep;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.SupervisedLoop;
import io.crossfade.stream.StreamLayouts.ReadUpTo;
import io.lettuce.core.RedisException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The consumers of one kind in this process: more while entries wait, fewer when they have time.
 */
final class ConsumerFleet {

  private static final Logger log = LoggerFactory.getLogger(ConsumerFleet.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(500);
  private final AtomicInteger numbers = new AtomicInteger();

  private final Kind kind;
  private final InstanceName instance;
  private final RedisLinks links;
  private final StreamGroups groups;
  private final StreamLayouts layouts;
  private final StreamHealth health;
  private final BatchHandler handler;
  private final StreamSettings settings;
  private final Deque<StreamConsumer> consumers = new ArrayDeque<>();
  private final Loops loops;
  private final ByteBudget budget;
  private @Nullable SupervisedLoop supervisor;
  private volatile int running;
  private volatile int batchSize;
  private long looked = System.nanoTime();
  private long busyBefore;
  private long notSpareUntil = looked;

  /**
   * @param instance this process; consumers are named after it
   */
  ConsumerFleet(
      Kind kind,
      InstanceName instance,
      RedisLinks links,
      StreamGroups groups,
      StreamLayouts layouts,
      StreamHealth health,
      BatchHandler handler,
      StreamSettings settings,
      Loops loops,
      MeterRegistry meters,
      ByteBudget budget) {
    this.budget = budget;
    this.kind = kind;
    this.instance = instance;
    this.links = links;
    this.groups = groups;
    this.layouts = layouts;
    this.health = health;
    this.handler = handler;
    this.settings = settings;
    this.loops = loops;
    Gauge.builder(StreamMeter.CONSUMERS.id(), () -> running)
        .description(StreamMeter.CONSUMERS.description())
        .tag("kind", kind.label())
        .register(meters);
    Gauge.builder(StreamMeter.BATCH_SIZE.id(), () -> batchSize)
        .description(StreamMeter.BATCH_SIZE.description())
        .tag("kind", kind.label())
        .register(meters);
  }

  void start() {
    supervisor =
        loops.start(
            StreamLoop.CONSUMERS,
            kind.label(),
            loop -> {
              try {
                consumers.forEach(StreamConsumer::keepWhatItHas);
                look();
              } catch (RedisException e) {
                links.leave(e);
                throw e;
              }
              return LoopStep.Next.after(LOOK_EVERY);
            });
  }

  int running() {
    return running;
  }

  void beginStop() {
    if (supervisor != null) {
      supervisor.beginStop();
    }
  }

  /** Tells every consumer to stop, once no more are started; waits for that until {@code end}. */
  void stopConsumers(long end) {
    if (supervisor != null) {
      supervisor.stop(until(end));
    }
    consumers.forEach(StreamConsumer::beginStop);
  }

  /**
   * Waits until every consumer has written and acknowledged what it had read.
   *
   * @param end until when at most, {@link System#nanoTime}
   */
  void awaitStop(long end) {
    consumers.forEach(consumer -> consumer.awaitStop(until(end)));
  }

  private static Duration until(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  private void look() {
    long waiting = consumers.isEmpty() ? 0 : waiting();
    long now = System.nanoTime();
    double busy = (double) (busyNanos() - busyBefore) / (now - looked);
    if (!ConsumerScaling.oneIsSpare(consumers.size(), waiting, busy)) {
      notSpareUntil = now;
    }
    int wanted =
        ConsumerScaling.decide(
            consumers.size(),
            settings.maxConsumers(),
            waiting,
            Duration.ofNanos(now - notSpareUntil));
    if (wanted > consumers.size()) {
      String name = "%s-%s-%d".formatted(instance, kind.label(), numbers.incrementAndGet());
      StreamConsumer consumer =
          new StreamConsumer(kind, name, links, groups, layouts, handler, settings, loops, budget);
      consumers.addLast(consumer);
      consumer.start();
    } else if (wanted < consumers.size()) {
      consumers.removeLast().beginStop();
      notSpareUntil = now;
    }
    looked = now;
    busyBefore = busyNanos();
    if (wanted != running && running > 0) {
      log.info("{} consumers: {} ({} entries waiting)", kind.label(), wanted, waiting);
    }
    running = wanted;
    batchSize = consumers.getFirst().batchSize();
  }

  private long busyNanos() {
    return consumers.stream().mapToLong(StreamConsumer::busyNanos).sum();
  }

  private long waiting() {
    return health.waiting(
        layouts.read(kind).stream().map(ReadUpTo::stream).toList(), ConsumerScaling.BACKLOG + 1);
  }
}
