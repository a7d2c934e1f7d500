package io.crossfade.router.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.CommonEvent;
import io.crossfade.db.DeviceInfo;
import io.crossfade.db.DeviceInfo.ChargingStatus;
import io.crossfade.db.DeviceInfo.WearableStatus;
import io.crossfade.db.FactType;
import io.crossfade.db.HealthData;
import io.crossfade.db.Kind;
import io.crossfade.db.Owner;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every payload file, and what becomes of it. */
class PayloadsTest {

  private static final LocalDateTime TIME = LocalDateTime.of(2025, 9, 14, 8, 15);
  private static final Owner OWNER = new Owner(10L, 20L, 1001L);
  private final UploadReader reader = TestReader.create();

  @Test
  void h01WatchSingle() throws Exception {
    HealthData data = one(HealthData.class, "h01_watch_single");
    assertThat(data.deviceSn()).isEqualTo("DEV00001");
    assertThat(data.timestamp()).isEqualTo(TIME);
    assertThat(data.owner()).isEqualTo(OWNER);
    assertThat(data.acceptance().id()).isEqualTo(HealthData.id("DEV00001", TIME));
    assertThat(data.heartRate()).isEqualTo(72);
    assertThat(data.bloodOxygen()).isEqualTo(97);
    assertThat(data.temperature()).isEqualTo("36.60");
    assertThat(data.pressureHigh()).isEqualTo(121);
    assertThat(data.pressureLow()).isEqualTo(79);
    assertThat(data.stress()).isEqualTo(41);
    assertThat(data.step()).isEqualTo(4213);
    assertThat(data.distance()).isEqualTo(2871.0);
    assertThat(data.calorie()).isEqualTo(151230.0);
    assertThat(data.sleep()).isZero();
    assertThat(data.position().latitude()).isEqualTo("31.230412");
    assertThat(data.position().longitude()).isEqualTo("121.473703");
    assertThat(data.position().altitude()).isZero();
    assertThat(data.uploadMethod()).isEqualTo("wifi");
    assertThat(data.facts()).isEmpty();
  }

  @Test
  void h02SlowFieldsBecomeFactsAndHoursOfSleep() throws Exception {
    HealthData data = one(HealthData.class, "h02_watch_single_slow_fields");
    assertThat(data.sleep()).isEqualTo(5.87);
    assertThat(data.facts().keySet())
        .containsExactly(
            FactType.SLEEP, FactType.EXERCISE_DAILY, FactType.WORKOUT, FactType.EXERCISE_WEEK);
    assertThat(data.facts().get(FactType.SLEEP))
        .startsWith("{\"code\":0,\"data\":[{\"endTimeStamp\"");
  }

  @Test
  void h03AndH04BacklogsAreOneRecordPerItem() throws Exception {
    assertThat(read("h03_watch_backlog_2").list()).isTrue();
    assertThat(records("h03_watch_backlog_2"))
        .hasSize(2)
        .extracting(AcceptedRecord::timestamp)
        .containsExactly(LocalDateTime.of(2025, 9, 14, 8, 0), LocalDateTime.of(2025, 9, 14, 8, 5));
    List<AcceptedRecord> twelve = records("h04_watch_backlog_12");
    assertThat(twelve).hasSize(12);
    assertThat(twelve).extracting(r -> r.acceptance().id()).doesNotHaveDuplicates();
    assertThat(twelve).extracting(r -> r.acceptance().stamp()).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void h06LegacyIdKeyAndLongDecimals() throws Exception {
    HealthData data = one(HealthData.class, "h06_legacy_id_key");
    assertThat(data.deviceSn()).isEqualTo("DEV00005");
    assertThat(data.position().latitude()).isEqualTo("31.230416");
    assertThat(data.owner()).isEqualTo(Owner.UNSET);
    assertThat(data.facts()).containsKey(FactType.WORKOUT);
  }

  @Test
  void h07WithoutATimeTakesTheMomentOfAcceptanceInWholeSeconds() throws Exception {
    assertThat(one(HealthData.class, "h07_no_timestamp").timestamp())
        .isEqualTo(TestReader.NOW_LOCAL);
  }

  @Test
  void h09AndH10EpochsAreTurnedIntoTheZone() throws Exception {
    assertThat(one(HealthData.class, "h09_ms_timestamp_int").timestamp()).isEqualTo(TIME);
    assertThat(one(HealthData.class, "h09_ms_timestamp_int").calorie()).isEqualTo(350.0);
    assertThat(one(HealthData.class, "h10_ms_timestamp_string").timestamp()).isEqualTo(TIME);
  }

  @Test
  void h11AndH12AreUnwrappedTwice() throws Exception {
    assertThat(one(HealthData.class, "h11_nested_data_data_object").deviceSn())
        .isEqualTo("DEV00009");
    assertThat(read("h12_nested_data_data_array").list()).isTrue();
    assertThat(one(HealthData.class, "h12_nested_data_data_array").heartRate()).isEqualTo(71);
  }

  @Test
  void h13FourGIsStoredAsEsim() throws Exception {
    assertThat(one(HealthData.class, "h13_upload_method_4g").uploadMethod()).isEqualTo("esim");
  }

  @Test
  void h14NumbersInsteadOfText() throws Exception {
    HealthData data = one(HealthData.class, "h14_numeric_types");
    assertThat(data.temperature()).isEqualTo("36.00");
    assertThat(data.position().longitude()).isEqualTo(new BigDecimal("113.000000"));
  }

  @Test
  void h17NullMetricsStayNull() throws Exception {
    HealthData data = one(HealthData.class, "h17_null_metrics");
    assertThat(data.heartRate()).isNull();
    assertThat(data.owner()).isEqualTo(new Owner(null, 20L, 1001L));
    assertThat(data.sleep()).isZero();
  }

  @Test
  void h19UnknownDeviceIsAccepted() throws Exception {
    assertThat(one(HealthData.class, "h19_unknown_device").deviceSn()).isEqualTo("NOSUCHDEV");
  }

  @Test
  void h21EmptyObjectHasNoDevice() throws Exception {
    Upload upload = read("h21_empty_object");
    assertThat(upload.records()).isEmpty();
    assertThat(upload.reasons()).containsExactly(UnreadableReason.NO_DEVICE_ID);
  }

  @Test
  void d01WatchDevice() throws Exception {
    DeviceInfo info = one(DeviceInfo.class, "d01_watch_device");
    assertThat(info.deviceSn()).isEqualTo("DEV00001");
    assertThat(info.systemSoftwareVersion())
        .isEqualTo("ARC-AL00CN 4.0.0.900(SP41C700E104R412P100)");
    assertThat(info.wifiAddress()).isEqualTo("f0:fa:c7:00:11:22");
    assertThat(info.bluetoothAddress()).isEqualTo("B0:FE:E5:00:11:22");
    assertThat(info.ipAddress()).isEqualTo("192.168.31.77");
    assertThat(info.networkAccessMode()).isEqualTo("2");
    assertThat(info.imei()).isEqualTo("861600070000001");
    assertThat(info.batteryLevel()).isEqualTo(77);
    assertThat(info.voltage()).isEqualTo(3995);
    assertThat(info.chargingStatus()).isEqualTo(ChargingStatus.NOT_CHARGING);
    assertThat(info.wearableStatus()).isEqualTo(WearableStatus.WORN);
    assertThat(info.owner()).isEqualTo(OWNER);
  }

  @Test
  void d02DeviceList() throws Exception {
    assertThat(read("d02_device_list").list()).isTrue();
    assertThat(records("d02_device_list")).hasSizeGreaterThan(1);
  }

  @Test
  void d04SnakeCaseAndTextNumbers() throws Exception {
    DeviceInfo info = one(DeviceInfo.class, "d04_snake_case");
    assertThat(info.deviceSn()).isEqualTo("DEV00006");
    assertThat(info.systemSoftwareVersion()).isEqualTo("X-1");
    assertThat(info.networkAccessMode()).isEqualTo("1");
    assertThat(info.batteryLevel()).isEqualTo(64);
    assertThat(info.voltage()).isEqualTo(3900);
    assertThat(info.chargingStatus()).isEqualTo(ChargingStatus.CHARGING);
    assertThat(info.wearableStatus()).isEqualTo(WearableStatus.WORN);
  }

  @Test
  void d05KeysWithoutSpaces() throws Exception {
    DeviceInfo info = one(DeviceInfo.class, "d05_keys_without_spaces");
    assertThat(info.deviceName()).isEqualTo("T_7");
    assertThat(info.ipAddress()).isEqualTo("192.168.1.7");
    assertThat(info.owner()).isEqualTo(new Owner(1L, 1L, 1L));
  }

  @Test
  void d07FirstIpv4AndMillisecondsAreCut() throws Exception {
    DeviceInfo info = one(DeviceInfo.class, "d07_ms_timestamp_ipv6");
    assertThat(info.ipAddress()).isEqualTo("192.168.31.78");
    assertThat(info.timestamp()).isEqualTo(TIME);
  }

  @Test
  void d09AndE08AreEmptyBodies() {
    for (String empty : List.of("d09_empty", "e08_empty")) {
      assertThatThrownBy(() -> read(empty))
          .isInstanceOf(BadUploadException.class)
          .hasMessage("请求体不能为空");
    }
  }

  @Test
  void e01WatchEvent() throws Exception {
    CommonEvent event = one(CommonEvent.class, "e01_watch_event");
    assertThat(event.eventType()).isEqualTo("WEAR_STATUS_CHANGED");
    assertThat(event.eventValue()).isEqualTo("0");
    assertThat(event.urgent()).isFalse();
    assertThat(event.position().latitude()).isEqualTo("31.230412");
    assertThat(event.owner()).isEqualTo(OWNER);
  }

  @Test
  void e02EventWithHealthIsTwoRecords() throws Exception {
    List<AcceptedRecord> records = records("e02_event_with_health");
    assertThat(records).hasSize(2);
    HealthData health = (HealthData) records.get(1);
    assertThat(health.uploadMethod()).isEqualTo("common_event");
    assertThat(health.timestamp()).isEqualTo(TIME.plusMinutes(1));
    assertThat(health.heartRate()).isEqualTo(72);
  }

  @Test
  void e03ShortTypeWithoutATimeIsUrgent() throws Exception {
    CommonEvent event = one(CommonEvent.class, "e03_short_type_no_time");
    assertThat(event.urgent()).isTrue();
    assertThat(event.timestamp()).isEqualTo(TestReader.NOW_LOCAL);
  }

  @Test
  void e05UnknownRuleWithEventTime() throws Exception {
    CommonEvent event = one(CommonEvent.class, "e05_unknown_rule");
    assertThat(event.eventType()).isEqualTo("HEART_RATE_ABNORMAL");
    assertThat(event.eventValue()).isNull();
    assertThat(event.timestamp()).isEqualTo(TIME);
  }

  /** A payload file without a test above would go unnoticed. */
  @ParameterizedTest
  @MethodSource("payloads")
  void everyPayloadFileHasATest(String name) throws IOException {
    Path source = Path.of("src/test/java/io/crossfade/router/intake/PayloadsTest.java");
    assertThat(Files.readString(source)).contains("\"" + name + "\"");
  }

  static Stream<String> payloads() {
    String[] files = new File("src/test/resources/payloads").list();
    assertThat(files).isNotEmpty();
    return Arrays.stream(files).map(file -> file.replace(".json", ""));
  }

  private <R extends AcceptedRecord> R one(Class<R> type, String name) throws Exception {
    List<AcceptedRecord> records = records(name);
    assertThat(records).hasSize(1);
    return type.cast(records.getFirst());
  }

  private List<AcceptedRecord> records(String name) throws Exception {
    Upload upload = read(name);
    assertThat(upload.unreadable()).isEmpty();
    return upload.records();
  }

  private Upload read(String name) throws IOException, BadUploadException {
    Kind kind =
        switch (name.charAt(0)) {
          case 'h' -> Kind.HEALTH;
          case 'd' -> Kind.DEVICE;
          default -> Kind.EVENT;
        };
    try (InputStream in = getClass().getResourceAsStream("/payloads/" + name + ".json")) {
      return reader.read(kind, in.readAllBytes());
    }
  }
}
