package io.crossfade.db.budget;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * How many bytes of the heap uploads and their records may take at once, from socket to row. What
 * would be more is refused before it is taken in. Bytes are estimates that err on the large side.
 */
public final class ByteBudget {

  /** What a stage holds. */
  private record Part(long most, AtomicLong used, LongAdder refused) {}

  private static final long UNLIMITED = Long.MAX_VALUE / 2;

  private final long limit;
  private final AtomicLong used = new AtomicLong();
  private final Map<Stage, Part> parts = new EnumMap<>(Stage.class);

  /**
   * @param limit bytes
   */
  public ByteBudget(long limit) {
    this.limit = limit;
    for (Stage stage : Stage.values()) {
      parts.put(stage, new Part((long) (limit * stage.share()), new AtomicLong(), new LongAdder()));
    }
  }

  /** One that refuses nothing, and so counts nothing: for what runs outside of a router. */
  public static ByteBudget unlimited() {
    return new ByteBudget(UNLIMITED);
  }

  /** Bytes that may be in the process at once. */
  public long limit() {
    return limit;
  }

  /** Bytes that a stage may hold at most. */
  public long most(Stage stage) {
    return part(stage).most();
  }

  /** Bytes in the process. */
  public long used() {
    return used.get();
  }

  /** Bytes that a stage holds. */
  public long used(Stage stage) {
    return part(stage).used().get();
  }

  /** How often a stage had no room. */
  public long refused(Stage stage) {
    return part(stage).refused().sum();
  }

  /** Bytes that a stage could take now. */
  public long room(Stage stage) {
    return Math.max(0, Math.min(limit - used.get(), most(stage) - used(stage)));
  }

  /** Begins to hold something, for now nothing. */
  public Lease lease(Stage stage) {
    return new Lease(this, stage);
  }

  /** Counts that something found no room, of which no byte was taken in. */
  public void refuse(Stage stage) {
    part(stage).refused().increment();
  }

  /** Publishes how it stands. */
  public void publish(MeterRegistry meters) {
    gauge(BudgetMeter.LIMIT, this::limit).register(meters);
    parts.forEach(
        (stage, part) -> {
          gauge(BudgetMeter.USED, part.used()::get).tag("stage", stage.label()).register(meters);
          gauge(BudgetMeter.MOST, part::most).tag("stage", stage.label()).register(meters);
          FunctionCounter.builder(BudgetMeter.REFUSED.id(), part.refused(), LongAdder::sum)
              .description(BudgetMeter.REFUSED.description())
              .tag("stage", stage.label())
              .register(meters);
        });
  }

  boolean tryTake(Stage stage, long bytes) {
    if (limit == UNLIMITED) {
      return true;
    }
    Part part = part(stage);
    if (used.addAndGet(bytes) > limit) {
      used.addAndGet(-bytes);
      return false;
    }
    if (part.used().addAndGet(bytes) > part.most()) {
      part.used().addAndGet(-bytes);
      used.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void take(Stage stage, long bytes) {
    add(stage, bytes);
  }

  void give(Stage stage, long bytes) {
    add(stage, -bytes);
  }

  private void add(Stage stage, long bytes) {
    if (limit != UNLIMITED) {
      used.addAndGet(bytes);
      part(stage).used().addAndGet(bytes);
    }
  }

  private Part part(Stage stage) {
    return Objects.requireNonNull(parts.get(stage));
  }

  private static Gauge.Builder<Supplier<Number>> gauge(BudgetMeter meter, Supplier<Number> value) {
    return Gauge.builder(meter.id(), value).description(meter.description());
  }
}
