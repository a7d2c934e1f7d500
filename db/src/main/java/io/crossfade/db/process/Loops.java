package io.crossfade.db.process;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * All loops of this process: starts them, and says how they stand. A loop that was told to stop, or
 * has done what it was for, is no longer listed once its thread has ended.
 */
public final class Loops {

  /** Waits until a signal is given or a time is over. */
  interface Pause {
    void await(CountDownLatch signal, Duration most) throws InterruptedException;
  }

  /** What is counted of all threads of a name, those that ended included. */
  private record Counts(LongAdder failures, LongAdder restarts) {}

  private final LongSupplier nanos;
  private final Pause pause;
  private final DoubleSupplier random;
  private final MeterRegistry meters;
  private final Set<SupervisedLoop> running = ConcurrentHashMap.newKeySet();
  private final Map<String, Counts> counts = new ConcurrentHashMap<>();

  /** For what needs no metrics, for example a command. */
  public Loops() {
    this(new SimpleMeterRegistry());
  }

  public Loops(MeterRegistry meters) {
    this(
        System::nanoTime,
        (signal, most) -> signal.await(most.toNanos(), TimeUnit.NANOSECONDS),
        () -> ThreadLocalRandom.current().nextDouble(),
        meters);
  }

  /**
   * @param nanos a clock that nobody sets
   * @param random from 0 to 1
   */
  Loops(LongSupplier nanos, Pause pause, DoubleSupplier random, MeterRegistry meters) {
    this.nanos = nanos;
    this.pause = pause;
    this.random = random;
    this.meters = meters;
  }

  /**
   * Starts a loop that ends at a stop once the step at work is finished.
   *
   * @param part which of the threads that do this, for example {@code health-0}; may be empty
   */
  public <N extends Enum<N> & LoopName> SupervisedLoop start(N name, String part, LoopStep step) {
    return start(new SupervisedLoop(name, part, step, false, this));
  }

  /**
   * Starts a loop that goes on after a stop began, until it says {@link LoopStep.Next#end()}
   * itself, for it has something to write yet, or until the patience of the stop is over.
   *
   * @param part as above
   */
  public <N extends Enum<N> & LoopName> SupervisedLoop startDraining(
      N name, String part, LoopStep step) {
    return start(new SupervisedLoop(name, part, step, true, this));
  }

  /** Each thread of each loop, sorted by name. */
  public List<LoopReport> reports() {
    return running.stream()
        .map(SupervisedLoop::report)
        .sorted(Comparator.comparing(LoopReport::thread))
        .toList();
  }

  private SupervisedLoop start(SupervisedLoop loop) {
    counts(loop.name().label());
    running.add(loop);
    loop.begin();
    return loop;
  }

  void ended(SupervisedLoop loop) {
    running.remove(loop);
  }

  void failed(LoopName name) {
    counts(name.label()).failures().increment();
  }

  void restarted(LoopName name) {
    counts(name.label()).restarts().increment();
  }

  long now() {
    return nanos.getAsLong();
  }

  void pause(CountDownLatch signal, Duration most) throws InterruptedException {
    pause.await(signal, most);
  }

  double random() {
    return random.getAsDouble();
  }

  private Counts counts(String label) {
    return counts.computeIfAbsent(
        label,
        loop -> {
          Counts made = new Counts(new LongAdder(), new LongAdder());
          counter(LoopMeter.FAILURES, loop, made.failures());
          counter(LoopMeter.RESTARTS, loop, made.restarts());
          gauge(LoopMeter.SILENT, loop, () -> silent(loop));
          gauge(LoopMeter.ALIVE, loop, () -> alive(loop) ? 1 : 0);
          return made;
        });
  }

  private double silent(String label) {
    return running.stream()
        .filter(loop -> loop.name().label().equals(label))
        .mapToDouble(loop -> loop.report().silent().toNanos() / 1e9)
        .max()
        .orElse(0);
  }

  private boolean alive(String label) {
    return running.stream()
        .filter(loop -> loop.name().label().equals(label))
        .allMatch(loop -> loop.report().state().alive());
  }

  private void counter(LoopMeter meter, String loop, LongAdder count) {
    FunctionCounter.builder(meter.id(), count, LongAdder::sum)
        .description(meter.description())
        .tag("loop", loop)
        .register(meters);
  }

  private void gauge(LoopMeter meter, String loop, Supplier<Number> value) {
    Gauge.builder(meter.id(), value)
        .description(meter.description())
        .tag("loop", loop)
        .register(meters);
  }
}
