package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {

  private static final LocalDateTime TIME = LocalDateTime.of(2025, 9, 14, 8, 15);
  private static final Owner OWNER = new Owner(10L, null, 1001L);

  private static final Map<String, AcceptedRecord> GOLDEN =
      Map.of(
          "health-v1",
          new HealthData(
              new Acceptance(
                  HealthData.id("DEV1", TIME), 1843198765432L << 20 | 7, RouteReason.FLAG),
              "DEV1",
              TIME,
              OWNER,
              72,
              null,
              new BigDecimal("36.60"),
              121,
              79,
              0,
              4213,
              2871.0,
              151230.5,
              5.87,
              new Position(new BigDecimal("31.230412"), new BigDecimal("-121.473703"), 0.0),
              "esim",
              Map.of(FactType.SLEEP, "{\"code\":0}", FactType.EXERCISE_WEEK, "{\"名\":\"😀\"}")),
          "device-v1",
          new DeviceInfo(
              new Acceptance(DeviceInfo.id("DEV1", TIME), 42, RouteReason.MIRROR),
              "DEV1",
              TIME,
              Owner.UNSET,
              "ARC-AL00CN 4.0.0.900",
              "f0:fa:c7:00:11:22",
              "",
              "192.168.31.77",
              "2",
              null,
              "861600070000001",
              77,
              3995,
              DeviceInfo.ChargingStatus.UNKNOWN,
              DeviceInfo.WearableStatus.WORN,
              "ACTIVE"),
          "event-v1",
          new CommonEvent(
              new Acceptance(
                  CommonEvent.id("DEV1", TIME, "SOS_EVENT", "1"),
                  43,
                  RouteReason.STREAM_UNAVAILABLE),
              "DEV1",
              TIME,
              OWNER,
              "SOS_EVENT",
              "1",
              true,
              Position.UNKNOWN));

  /**
   * These files were written once and are never written again: what Redis holds must stay readable.
   */
  @ParameterizedTest
  @ValueSource(strings = {"health-v1", "device-v1", "event-v1"})
  void goldenFilesDecodeForEver(String name) throws Exception {
    byte[] golden;
    try (InputStream in = getClass().getResourceAsStream("/golden/" + name + ".hex")) {
      golden =
          HexFormat.of()
              .parseHex(
                  new String(in.readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII).trim());
    }
    assertThat(RecordCodec.decode(golden)).isEqualTo(golden(name));
    assertThat(RecordCodec.encode(golden(name))).isEqualTo(golden);
  }

  @Test
  void anythingItEncodesItDecodes() throws Exception {
    for (AcceptedRecord original : new SampleRecords(9).crowded(2_000)) {
      assertThat(RecordCodec.decode(RecordCodec.encode(original))).isEqualTo(original);
    }
  }

  /** Cut, changed and random bytes are refused, or read as some record; nothing else happens. */
  @Test
  void damageIsRefusedAndNeverCrashes() throws Exception {
    Random random = new Random(3);
    int refused = 0;
    for (AcceptedRecord original : new SampleRecords(10).crowded(2_000)) {
      byte[] entry = RecordCodec.encode(original);
      byte[] damaged = Arrays.copyOf(entry, random.nextInt(entry.length));
      if (damaged.length > 0 && random.nextBoolean()) {
        damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        RecordCodec.decode(damaged);
      } catch (RecordCodec.UnreadableEntryException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(1_900);
  }

  @Test
  void entryOfALaterVersionSaysSo() {
    byte[] later = RecordCodec.encode(golden("event-v1"));
    later[1] = 2;
    assertThatThrownBy(() -> RecordCodec.decode(later))
        .isInstanceOf(RecordCodec.UnreadableEntryException.class)
        .hasMessage("Entry of version 2; this release reads up to 1");
  }

  private static AcceptedRecord golden(String name) {
    return java.util.Objects.requireNonNull(GOLDEN.get(name));
  }
}
