package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Identity from the instant: of a zone, a second has one id and an id has one second. */
class RecordTimeTest {

  private static final long FIRST = Instant.parse("1970-01-02T00:00:00Z").getEpochSecond();
  private static final long LAST = Instant.parse("2060-01-01T00:00:00Z").getEpochSecond();

  @Test
  void distinctSecondsHaveDistinctIdsInEveryZone() {
    Random random = new Random(25);
    int folded = 0;
    for (String name : new TreeSet<>(ZoneId.getAvailableZoneIds())) {
      ZoneId zone = ZoneId.of(name);
      Map<RecordId, Long> seconds = new HashMap<>();
      for (long second : seconds(zone, random)) {
        RecordTime time = RecordTime.of(Instant.ofEpochSecond(second), zone);
        assertThat(instant(time, zone)).as("%s %s", zone, time).isEqualTo(second);
        RecordId id = HealthData.id("D", time);
        Long other = seconds.put(id, second);
        assertThat(other == null || other == second).as("%s %s", zone, time).isTrue();
        assertThat(HealthData.id("D", RecordTime.of(Instant.ofEpochSecond(second, 999), zone)))
            .isEqualTo(id);
        folded += time.fold() ? 1 : 0;
      }
    }
    assertThat(folded).as("seconds that come twice on a clock").isGreaterThan(10_000);
  }

  /** Where clocks are not put back, ids are what they were before there was a fold. */
  @Test
  void idsOfLocalTimesAreAsTheyWere() {
    Random random = new Random(26);
    ZoneId shanghai = ZoneId.of("Asia/Shanghai");
    for (int i = 0; i < 10_000; i++) {
      Instant instant =
          Instant.ofEpochSecond(
              random.nextLong(Instant.parse("1992-01-01T00:00:00Z").getEpochSecond(), LAST));
      LocalDateTime local = LocalDateTime.ofInstant(instant, shanghai);
      RecordTime time = RecordTime.of(instant, shanghai);
      assertThat(HealthData.id("D", time)).isEqualTo(HealthData.id("D", local));
      assertThat(DeviceInfo.id("D", time)).isEqualTo(DeviceInfo.id("D", local));
      assertThat(CommonEvent.id("D", time, "T", null))
          .isEqualTo(CommonEvent.id("D", local, "T", null));
    }
  }

  @Test
  void bothHoursOfANightInBerlinAreTold() {
    ZoneId berlin = ZoneId.of("Europe/Berlin");
    RecordTime first = RecordTime.of(Instant.parse("2026-10-25T00:30:00Z"), berlin);
    RecordTime second = RecordTime.of(Instant.parse("2026-10-25T01:30:00Z"), berlin);
    assertThat(first.local()).isEqualTo(second.local()).isEqualTo("2026-10-25T02:30:00");
    assertThat(first.fold()).isFalse();
    assertThat(second.fold()).isTrue();
    assertThat(HealthData.id("D", first)).isEqualTo(HealthData.id("D", first.local()));
    assertThat(HealthData.id("D", second)).isNotEqualTo(HealthData.id("D", first));
  }

  @Test
  void aRowOfEitherHourIsNoRepeatAndAnyOtherIdIs() {
    LocalDateTime local = LocalDateTime.of(2026, 10, 25, 2, 30);
    RecordTime later = new RecordTime(local, true);
    for (RecordId own : List.of(HealthData.id("D", local), HealthData.id("D", later))) {
      RowIdentity identity = RowIdentity.of(OutputTables.HEALTH_DATA, row(own, local));
      assertThat(identity.row()).isEqualTo(own);
      assertThat(identity.record()).isEqualTo(own);
    }
    for (RecordId foreign :
        List.of(
            new RecordId(1, 2),
            HealthData.id("E", later),
            DeviceInfo.id("D", later),
            HealthData.id("D", new RecordTime(local.plusSeconds(1), true)))) {
      assertThat(RowIdentity.of(OutputTables.HEALTH_DATA, row(foreign, local)).row())
          .isNotEqualTo(foreign);
    }
  }

  private static StoredRow row(RecordId id, LocalDateTime time) {
    List<Object> values = new ArrayList<>();
    for (String column : OutputTables.HEALTH_DATA.comparedColumns()) {
      values.add(
          switch (column) {
            case "device_sn" -> "D";
            case "timestamp" -> time;
            default -> null;
          });
    }
    return new StoredRow(id, 1, RouteReason.FLAG, values, List.of());
  }

  /** Some at random, and those around every change of the zone's clocks. */
  private static List<Long> seconds(ZoneId zone, Random random) {
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      seconds.add(random.nextLong(FIRST, LAST));
    }
    Instant at = Instant.ofEpochSecond(FIRST);
    for (ZoneOffsetTransition change = zone.getRules().nextTransition(at);
        change != null && change.getInstant().getEpochSecond() < LAST;
        change = zone.getRules().nextTransition(change.getInstant())) {
      long then = change.getInstant().getEpochSecond();
      long length = Math.abs(change.getDuration().toSeconds());
      for (long around : new long[] {-length, -length + 1, -1, 0, 1, length - 1, length}) {
        seconds.add(then + around);
      }
      long within = random.nextLong(length);
      seconds.add(then - length + within);
      seconds.add(then + within);
    }
    return seconds;
  }

  private static long instant(RecordTime time, ZoneId zone) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time.local());
    return time.local().toEpochSecond(time.fold() ? offsets.getLast() : offsets.getFirst());
  }
}
