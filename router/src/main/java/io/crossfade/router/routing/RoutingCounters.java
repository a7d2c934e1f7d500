package io.crossfade.router.routing;

import io.crossfade.db.DeliveryPath;
import io.crossfade.db.Kind;
import io.crossfade.db.RouteReason;
import io.crossfade.router.RouterMeter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts what becomes of records. Keeps its counters: looking one up by its tags costs more than
 * counting.
 */
final class RoutingCounters {

  private record Key(
      RouterMeter meter, Kind kind, @Nullable DeliveryPath path, @Nullable RouteReason reason) {}

  private final MeterRegistry meters;
  private final Map<Key, Counter> counters = new ConcurrentHashMap<>();

  RoutingCounters(MeterRegistry meters) {
    this.meters = meters;
    // An alert on an increase needs a series that was there before.
    for (Kind kind : Kind.values()) {
      refused(kind, 0);
      routed(kind, DeliveryPath.LEGACY, RouteReason.STREAM_UNAVAILABLE, 0);
      routed(kind, DeliveryPath.STREAM, RouteReason.FLAG, 0);
    }
  }

  void routed(Kind kind, DeliveryPath path, RouteReason reason, int records) {
    add(new Key(RouterMeter.RECORDS, kind, path, reason), records);
  }

  void refused(Kind kind, int records) {
    add(new Key(RouterMeter.REFUSED, kind, null, null), records);
  }

  void mirrored(RouterMeter meter, Kind kind, DeliveryPath path, int records) {
    if (records > 0) {
      add(new Key(meter, kind, path, null), records);
    }
  }

  private void add(Key key, int records) {
    counters.computeIfAbsent(key, this::counter).increment(records);
  }

  private Counter counter(Key key) {
    List<String> tags = new ArrayList<>(List.of("kind", key.kind().label()));
    DeliveryPath path = key.path();
    if (path != null) {
      tags.addAll(List.of("path", path.label()));
    }
    RouteReason reason = key.reason();
    if (reason != null) {
      tags.addAll(List.of("reason", reason.name()));
    }
    return Counter.builder(key.meter().id())
        .description(key.meter().description())
        .tags(tags.toArray(String[]::new))
        .register(meters);
  }
}
