package io.crossfade.router.overview;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.legacy.LegacyMeter;
import io.crossfade.router.RouterMeter;
import io.crossfade.router.intake.UploadServlet;
import io.crossfade.router.routing.RoutedRecords;
import io.crossfade.stream.StreamMeter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads this router's meters now and then, and says what happened lately. For one caller at a time;
 * before two readings nothing is known.
 */
final class MeterReadings {

  /** Latencies and fallbacks are of this long. */
  private static final long LATENCY_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** Rates are of this long. */
  private static final long RATE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private record Reading(long nanos, Map<Kind, OfKind> kinds) {

    OfKind of(Kind kind) {
      return Objects.requireNonNull(kinds.get(kind));
    }
  }

  private record OfKind(
      double legacy,
      double stream,
      double fallbacks,
      double asked,
      int held,
      Buckets accept,
      Buckets legacyRows,
      Buckets streamRows) {}

  private final MeterRegistry meters;
  private final RoutedRecords records;
  private final ToIntFunction<Kind> held;
  private final Deque<Reading> readings = new ArrayDeque<>();

  /**
   * @param held records in the memory queue
   */
  MeterReadings(MeterRegistry meters, ToIntFunction<Kind> held) {
    this.meters = meters;
    this.held = held;
    this.records = new RoutedRecords(meters);
    read();
  }

  void read() {
    Map<Kind, OfKind> kinds = new TreeMap<>();
    for (Kind kind : Kind.values()) {
      kinds.put(
          kind,
          new OfKind(
              records.served(kind, DeliveryPath.LEGACY),
              records.served(kind, DeliveryPath.STREAM),
              records.fallbacks(kind),
              asking(kind).stream().mapToDouble(Timer::count).sum(),
              held.applyAsInt(kind),
              Buckets.of(accepting(kind)),
              Buckets.of(timers(LegacyMeter.ACCEPT_TO_ROW.id(), kind)),
              Buckets.of(timers(StreamMeter.ACCEPT_TO_ROW.id(), kind))));
    }
    Reading now = new Reading(System.nanoTime(), kinds);
    readings.removeIf(earlier -> now.nanos() - earlier.nanos() > LATENCY_NANOS);
    readings.addLast(now);
  }

  /** Records that the memory queue served, per second. */
  double legacyRate(Kind kind) {
    return (now(kind).legacy() - recent().of(kind).legacy()) / recentSeconds();
  }

  /** Records that the memory queue holds more, per second. */
  double queueGrowth(Kind kind) {
    return (now(kind).held() - recent().of(kind).held()) / recentSeconds();
  }

  /** Records that the stream served, per second. */
  double streamRate(Kind kind) {
    return (now(kind).stream() - recent().of(kind).stream()) / recentSeconds();
  }

  /** Uploads of clients that ask for the stream, by a {@code _v2} endpoint, per second. */
  double askedRate(Kind kind) {
    return (now(kind).asked() - recent().of(kind).asked()) / recentSeconds();
  }

  /** From the request to the answer, ms. */
  @Nullable Double acceptP99(Kind kind) {
    return now(kind).accept().quantileSince(first(kind).accept(), 0.99);
  }

  /** From acceptance to the row of the legacy output, ms. */
  @Nullable Double legacyP95(Kind kind) {
    return now(kind).legacyRows().quantileSince(first(kind).legacyRows(), 0.95);
  }

  /** From acceptance to the row of the stream output, ms. */
  @Nullable Double streamP95(Kind kind) {
    return now(kind).streamRows().quantileSince(first(kind).streamRows(), 0.95);
  }

  /** Of the records meant for the stream, those that the memory queue took, percent. */
  @Nullable Double fallbackPercent(Kind kind) {
    double fallbacks = now(kind).fallbacks() - first(kind).fallbacks();
    double meant = fallbacks + now(kind).stream() - first(kind).stream();
    return meant <= 0 ? null : 100 * fallbacks / meant;
  }

  private OfKind now(Kind kind) {
    return readings.getLast().of(kind);
  }

  private OfKind first(Kind kind) {
    return readings.getFirst().of(kind);
  }

  private Reading recent() {
    long now = readings.getLast().nanos();
    return readings.stream()
        .filter(reading -> now - reading.nanos() <= RATE_NANOS)
        .findFirst()
        .orElseThrow();
  }

  private double recentSeconds() {
    return Math.max(1e-3, (readings.getLast().nanos() - recent().nanos()) / 1e9);
  }

  private Collection<Timer> accepting(Kind kind) {
    List<String> endpoints =
        Arrays.asList(UploadServlet.path(kind, false), UploadServlet.path(kind, true));
    return meters.find(RouterMeter.ACCEPT.id()).tag("endpoint", endpoints::contains).timers();
  }

  private Collection<Timer> asking(Kind kind) {
    return meters
        .find(RouterMeter.ACCEPT.id())
        .tag("endpoint", UploadServlet.path(kind, /* v2= */ true))
        .timers();
  }

  private Collection<Timer> timers(String meter, Kind kind) {
    return meters.find(meter).tag("kind", kind.label()).timers();
  }
}
