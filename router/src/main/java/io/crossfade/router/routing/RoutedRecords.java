package io.crossfade.router.routing;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RouteReason;
import io.crossfade.router.RouterMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** What this router has routed since its start. */
public final class RoutedRecords {

  private final MeterRegistry meters;

  public RoutedRecords(MeterRegistry meters) {
    this.meters = meters;
  }

  /** Records of a kind that a path served. */
  public double served(Kind kind, DeliveryPath path) {
    return count(kind, "path", path.label());
  }

  /** Records of a kind that were meant for the stream and that the memory queue took. */
  public double fallbacks(Kind kind) {
    return count(kind, "reason", RouteReason.STREAM_UNAVAILABLE.name());
  }

  private double count(Kind kind, String tag, String value) {
    return meters
        .find(RouterMeter.RECORDS.id())
        .tag("kind", kind.label())
        .tag(tag, value)
        .counters()
        .stream()
        .mapToDouble(Counter::count)
        .sum();
  }
}
