package io.crossfade.router.bench;

import io.crossfade.db.Acceptance;
import io.crossfade.db.HealthData;
import io.crossfade.db.Owner;
import io.crossfade.db.Position;
import io.crossfade.db.RouteReason;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Measurements as the common upload has them, every one new. */
public final class BenchRecords {

  private static final LocalDateTime START = LocalDateTime.of(2024, 1, 1, 0, 0);
  private static final AtomicLong STAMPS = new AtomicLong(1_757_808_900_000L << 20);

  private BenchRecords() {}

  /** One measurement of each of {@code devices} devices at a second. */
  public static List<HealthData> plain(int devices, int second) {
    LocalDateTime time = START.plusSeconds(second);
    List<HealthData> records = new ArrayList<>(devices);
    for (int device = 0; device < devices; device++) {
      String serial = "DEV%08d".formatted(device);
      records.add(
          new HealthData(
              new Acceptance(
                  HealthData.id(serial, time), STAMPS.incrementAndGet(), RouteReason.FLAG),
              serial,
              time,
              new Owner(10L, 20L, 1001L),
              72,
              97,
              new BigDecimal("36.60"),
              121,
              79,
              41,
              4213,
              2871.0,
              151230.0,
              0.0,
              new Position(new BigDecimal("31.230412"), new BigDecimal("121.473703"), 0.0),
              "wifi",
              Map.of()));
    }
    return records;
  }
}
