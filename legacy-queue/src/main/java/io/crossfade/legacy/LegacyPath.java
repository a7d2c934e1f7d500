package io.crossfade.legacy;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.budget.ByteBudget;
import io.crossfade.db.control.DeadLetters;
import io.crossfade.db.process.Loops;
import io.crossfade.db.process.Remainder;
import io.micrometer.core.instrument.MeterRegistry;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.springframework.context.SmartLifecycle;

/**
 * The memory queue of the system being migrated: one queue per kind, in front of the legacy output.
 */
public final class LegacyPath implements SmartLifecycle, Remainder {

  private static final double GIB = 1L << 30;

  private final Map<Kind, LegacyQueue> queues = new TreeMap<>();
  private final Duration drainTimeout;
  private volatile boolean running;

  LegacyPath(
      LegacySettings settings,
      Output output,
      DeadLetters deadLetters,
      InstantSource clock,
      MeterRegistry meters,
      Loops loops,
      ByteBudget budget) {
    this.drainTimeout = settings.drainTimeout();
    int cores = Runtime.getRuntime().availableProcessors();
    for (Kind kind : Kind.values()) {
      QueueShape shape = QueueShape.of(kind, cores, physicalGigabytes());
      queues.put(
          kind, new LegacyQueue(kind, shape, output, deadLetters, clock, meters, loops, budget));
    }
  }

  /**
   * Takes records of one kind: all or none, unless they are more than the queue holds.
   *
   * @param patience how long records beyond the queue's capacity wait for room
   * @return how many were taken; what was taken of a refused upload is repeated harmlessly by the
   *     device's retry
   */
  public int offer(Kind kind, List<? extends AcceptedRecord> records, Duration patience) {
    return queue(kind).offer(records, patience);
  }

  /**
   * Takes copies that there was no room for as room comes free, and waits for nothing.
   *
   * @param patience how long they wait for room
   * @param taken told once how many were taken, from the first on, on some thread
   */
  public void offerLater(
      Kind kind, List<? extends AcceptedRecord> copies, Duration patience, IntConsumer taken) {
    queue(kind).offerLater(copies, patience, taken);
  }

  /** Records of a kind that are accepted and not yet written. */
  public int held(Kind kind) {
    return queue(kind).held();
  }

  /** Records of a kind that the queue holds at most. */
  public int capacity(Kind kind) {
    return queue(kind).capacity();
  }

  /** When the oldest record of a kind was accepted that is not written yet; empty when all are. */
  public Optional<Instant> oldestHeld(Kind kind) {
    return queue(kind).oldestHeld();
  }

  /** When the oldest record was accepted that is not written yet; empty when all are. */
  public Optional<Instant> oldestHeld() {
    return queues.values().stream()
        .flatMap(queue -> queue.oldestHeld().stream())
        .min(Comparator.naturalOrder());
  }

  @Override
  public void start() {
    queues.values().forEach(LegacyQueue::start);
    running = true;
  }

  /** Accepts nothing more and writes what the queues hold, for as long as the settings allow. */
  @Override
  public void stop() {
    queues.values().forEach(queue -> queue.beginStop(drainTimeout));
    queues.values().forEach(LegacyQueue::awaitStop);
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /**
   * Starts before the web server and stops after it, and before the stream path, which loses
   * nothing when there is no time left for it.
   */
  @Override
  public int getPhase() {
    return 1;
  }

  @Override
  public List<String> left() {
    return queues.entrySet().stream()
        .filter(queue -> queue.getValue().held() > 0)
        .map(
            queue ->
                "%d %s records of the memory queue, which are lost"
                    .formatted(queue.getValue().held(), queue.getKey().label()))
        .toList();
  }

  private LegacyQueue queue(Kind kind) {
    return java.util.Objects.requireNonNull(queues.get(kind));
  }

  private static double physicalGigabytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize() / GIB
        : Runtime.getRuntime().maxMemory() / GIB;
  }
}
