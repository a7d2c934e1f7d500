package io.crossfade.router.history;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.legacy.LegacyMeter;
import io.crossfade.legacy.LegacyPath;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.history.HistoryCounts.Part;
import io.crossfade.router.history.HistoryCounts.Reading;
import io.crossfade.router.process.Asking;
import io.crossfade.router.routing.RoutedRecords;
import io.crossfade.stream.StreamHealth;
import io.crossfade.stream.StreamMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads this router's meters and queues, and what waits in Redis. */
final class RouterReadings {

  private final MeterRegistry meters;
  private final RoutedRecords records;
  private final LegacyPath legacy;
  private final StreamHealth streams;
  private final InstantSource clock;

  RouterReadings(
      MeterRegistry meters, LegacyPath legacy, StreamHealth streams, InstantSource clock) {
    this.meters = meters;
    this.records = new RoutedRecords(meters);
    this.legacy = legacy;
    this.streams = streams;
    this.clock = clock;
  }

  /** As everything is now. */
  Map<Part, Reading> now() {
    Asking redis = Asking.redis();
    Map<Part, Reading> now = new HashMap<>();
    for (Kind kind : Kind.values()) {
      now.put(new Part(kind, DeliveryPath.LEGACY), legacy(kind));
      now.put(
          new Part(kind, DeliveryPath.STREAM),
          stream(kind, redis.ask(() -> streams.backlog(kind))));
    }
    return now;
  }

  /** The same without a question to Redis, which is not there any more at the end of a stop. */
  Map<Part, Reading> ofThisProcess() {
    Map<Part, Reading> now = new HashMap<>();
    for (Kind kind : Kind.values()) {
      now.put(new Part(kind, DeliveryPath.LEGACY), legacy(kind));
      now.put(new Part(kind, DeliveryPath.STREAM), stream(kind, null));
    }
    return now;
  }

  private Reading legacy(Kind kind) {
    return new Reading(
        (long) records.served(kind, DeliveryPath.LEGACY),
        counted(LegacyMeter.WRITTEN.id(), kind),
        (long) records.fallbacks(kind),
        counted(RouterMeter.REFUSED.id(), kind),
        (long) legacy.held(kind),
        legacy
            .oldestHeld(kind)
            .map(accepted -> Math.max(0, Duration.between(accepted, clock.instant()).toMillis()))
            .orElse(null));
  }

  private Reading stream(Kind kind, StreamHealth.@Nullable Backlog backlog) {
    long written =
        meters.find(StreamMeter.ACCEPT_TO_ROW.id()).tag("kind", kind.label()).timers().stream()
            .mapToLong(Timer::count)
            .sum();
    return new Reading(
        (long) records.served(kind, DeliveryPath.STREAM),
        written,
        0,
        0,
        backlog == null ? null : (Long) backlog.entries(),
        backlog == null || backlog.age().isZero() ? null : (Long) backlog.age().toMillis());
  }

  private long counted(String meter, Kind kind) {
    return (long)
        meters.find(meter).tag("kind", kind.label()).counters().stream()
            .mapToDouble(Counter::count)
            .sum();
  }
}
