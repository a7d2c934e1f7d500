package io.crossfade.stream;

import io.crossfade.db.Kind;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
  private final String instance;
  private final RedisLinks links;
  private final StreamGroups groups;
  private final StreamHealth health;
  private final BatchHandler handler;
  private final StreamSettings settings;
  private final Deque<StreamConsumer> consumers = new ArrayDeque<>();
  private final CountDownLatch stopSignal = new CountDownLatch(1);
  private final Thread supervisor;
  private volatile int running;
  private volatile int batchSize;
  private long looked = System.nanoTime();
  private long busyBefore;
  private long notSpareUntil = looked;

  /**
   * @param instance unique among all processes; consumers are named after it
   */
  ConsumerFleet(
      Kind kind,
      String instance,
      RedisLinks links,
      StreamGroups groups,
      StreamHealth health,
      BatchHandler handler,
      StreamSettings settings,
      MeterRegistry meters) {
    this.kind = kind;
    this.instance = instance;
    this.links = links;
    this.groups = groups;
    this.health = health;
    this.handler = handler;
    this.settings = settings;
    this.supervisor =
        Thread.ofPlatform().name("consumers-" + kind.label()).unstarted(this::supervise);
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
    supervisor.start();
  }

  int running() {
    return running;
  }

  void beginStop() {
    stopSignal.countDown();
  }

  /** Waits until every consumer has written and acknowledged what it had read. */
  void awaitStop(Duration patience) throws InterruptedException {
    supervisor.join();
    consumers.forEach(StreamConsumer::beginStop);
    for (StreamConsumer consumer : consumers) {
      consumer.awaitStop(patience);
    }
  }

  private void supervise() {
    try {
      do {
        try {
          look();
          consumers.forEach(StreamConsumer::keepWhatItHas);
        } catch (RuntimeException e) {
          log.warn("Cannot look after the {} consumers: {}", kind.label(), e.getMessage());
        }
      } while (!stopSignal.await(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS));
    } catch (InterruptedException e) {
      log.debug("Supervision of {} consumers ends", kind.label());
    }
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
          new StreamConsumer(kind, name, links.link(), groups, handler, settings);
      consumers.addLast(consumer);
      consumer.start();
    } else if (wanted < consumers.size()) {
      consumers.removeLast().beginStop();
      notSpareUntil = now;
    }
    looked = now;
    busyBefore = busyNanos();
    if (wanted != running) {
      log.info("{} consumers: {} ({} entries waiting)", kind.label(), wanted, waiting);
    }
    running = wanted;
    batchSize = consumers.getFirst().batchSize();
  }

  private long busyNanos() {
    return consumers.stream().mapToLong(StreamConsumer::busyNanos).sum();
  }

  private long waiting() {
    return StreamName.of(kind).stream()
        .mapToLong(stream -> health.waiting(stream, ConsumerScaling.BACKLOG + 1))
        .sum();
  }
}
