package io.crossfade.db;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Records as a fleet would send them, from a seed: for tests, and for the proof that a comparison
 * finds what it should. Nobody's health.
 */
public final class SampleRecords {

  private static final LocalDateTime START = LocalDateTime.of(2025, 9, 14, 8, 0);
  private static final AtomicLong STAMPS = new AtomicLong(1_757_808_900_000L << 20);

  private final Random random;
  private final AtomicLong stamps;
  private final long apart;

  /** Stamped after all others that this process has made. */
  public SampleRecords(long seed) {
    this(seed, STAMPS, 1);
  }

  /**
   * The same seed and first stamp give the same records, stamps and all.
   *
   * @param firstStamp the stamp before the first record's
   */
  public SampleRecords(long seed, long firstStamp) {
    this(seed, firstStamp, 1);
  }

  /**
   * The same, with stamps that are further apart.
   *
   * @param apart from one stamp to the next
   */
  public SampleRecords(long seed, long firstStamp, long apart) {
    this(seed, new AtomicLong(firstStamp), apart);
  }

  private SampleRecords(long seed, AtomicLong stamps, long apart) {
    this.random = new Random(seed);
    this.stamps = stamps;
    this.apart = apart;
  }

  /** A plain measurement of a device at a second of its own. */
  public static HealthData health(String deviceSn, int second) {
    return new SampleRecords(second).healthAt(deviceSn, START.plusSeconds(second));
  }

  /** An event of a device at a second of its own. */
  public static CommonEvent event(String deviceSn, int second, boolean urgent) {
    LocalDateTime time = START.plusSeconds(second);
    String type = urgent ? "SOS_EVENT" : "WEAR_STATUS_CHANGED";
    return new CommonEvent(
        accepted(CommonEvent.id(deviceSn, time, type, "1"), STAMPS, 1),
        deviceSn,
        time,
        Owner.UNSET,
        type,
        "1",
        urgent,
        Position.UNKNOWN);
  }

  /**
   * Records of all kinds about few devices and seconds, so that many are repeats of one another
   * with other values.
   */
  public List<AcceptedRecord> crowded(int count) {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String device = "DEV" + random.nextInt(4);
      LocalDateTime time = START.plusSeconds(random.nextInt(6)).plusDays(random.nextInt(3));
      records.add(
          switch (random.nextInt(3)) {
            case 0 -> healthAt(device, time);
            case 1 -> deviceAt(device, time);
            default -> eventAt(device, time);
          });
    }
    return records;
  }

  public HealthData healthAt(String device, LocalDateTime time) {
    Map<FactType, String> facts = new EnumMap<>(FactType.class);
    for (FactType type : FactType.values()) {
      if (random.nextInt(4) == 0) {
        facts.put(type, "{\"code\":" + random.nextInt(-50, 50) + ",\"name\":\"心率 ❤️\"}");
      }
    }
    return new HealthData(
        accepted(HealthData.id(device, time)),
        device,
        time,
        new Owner(maybe(10L), maybe(20L), maybe(random.nextLong(1000, 1100))),
        maybe(random.nextInt(40, 180)),
        maybe(random.nextInt(80, 100)),
        maybe(BigDecimal.valueOf(random.nextInt(3500, 4200), 2)),
        maybe(random.nextInt(90, 160)),
        maybe(random.nextInt(50, 100)),
        maybe(random.nextInt(100)),
        maybe(random.nextInt(20_000)),
        maybe(random.nextDouble() * 10_000),
        maybe(random.nextDouble() * 1e6),
        maybe(random.nextInt(1200) / 100.0),
        position(),
        maybe("wifi"),
        facts);
  }

  public DeviceInfo deviceAt(String device, LocalDateTime time) {
    return new DeviceInfo(
        accepted(DeviceInfo.id(device, time)),
        device,
        time,
        Owner.UNSET,
        maybe("ARC-AL00CN 4.0.0.900"),
        maybe("f0:fa:c7:00:11:22"),
        maybe(""),
        maybe("192.168.31." + random.nextInt(250)),
        maybe("2"),
        maybe("手表 ⌚"),
        maybe("861600070000001"),
        maybe(random.nextInt(100)),
        maybe(random.nextInt(3000, 4200)),
        DeviceInfo.ChargingStatus.values()[random.nextInt(3)],
        DeviceInfo.WearableStatus.values()[random.nextInt(2)],
        maybe("ACTIVE"));
  }

  public CommonEvent eventAt(String device, LocalDateTime time) {
    String type = random.nextBoolean() ? "SOS_EVENT" : "WEAR_STATUS_CHANGED";
    String value = maybe("1");
    return new CommonEvent(
        accepted(CommonEvent.id(device, time, type, value)),
        device,
        time,
        Owner.UNSET,
        type,
        value,
        type.equals("SOS_EVENT"),
        position());
  }

  Random random() {
    return random;
  }

  Acceptance acceptance(RecordId id) {
    return accepted(id);
  }

  private Position position() {
    return new Position(
        maybe(BigDecimal.valueOf(random.nextInt(31_000_000, 32_000_000), 6)),
        maybe(BigDecimal.valueOf(random.nextInt(121_000_000, 122_000_000), 6)),
        maybe(random.nextDouble() * 100));
  }

  private Acceptance accepted(RecordId id) {
    return accepted(id, stamps, apart);
  }

  private static Acceptance accepted(RecordId id, AtomicLong stamps, long apart) {
    return new Acceptance(id, stamps.addAndGet(apart), RouteReason.FLAG);
  }

  private <T> @Nullable T maybe(T value) {
    return random.nextInt(5) == 0 ? null : value;
  }
}
