package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A stored row's columns say which row it is and which record made it, whatever its id. */
class RowIdentityTest {

  private static final LocalDateTime TIME = LocalDateTime.of(2026, 10, 25, 2, 30);
  private static final RecordTime LATER = new RecordTime(TIME, true);
  private static final RecordId ANOTHER = new RecordId(1, 2);

  @Test
  void rowOfARecordHasTheRecordsId() {
    RecordId health = HealthData.id("D", TIME);
    assertThat(of(OutputTables.HEALTH_DATA, health, Map.of("device_sn", "D")))
        .isEqualTo(new RowIdentity(health, health, "D"));
    RecordId event = CommonEvent.id("D", TIME, "SOS_EVENT", "1");
    assertThat(
            of(
                OutputTables.EVENTS,
                event,
                Map.of("device_sn", "D", "event_type", "SOS_EVENT", "event_value", "1")))
        .isEqualTo(new RowIdentity(event, event, "D"));
    RecordId without = CommonEvent.id("D", TIME, "SOS_EVENT", null);
    assertThat(
            of(OutputTables.EVENTS, without, Map.of("device_sn", "D", "event_type", "SOS_EVENT")))
        .isEqualTo(new RowIdentity(without, without, "D"));
    RecordId history = DeviceInfo.id("D", TIME);
    assertThat(of(OutputTables.DEVICE_HISTORY, history, Map.of("serial_number", "D")))
        .isEqualTo(new RowIdentity(history, history, "D"));
  }

  @Test
  void rowUnderAnotherIdIsNamedByItsColumns() {
    RecordId health = HealthData.id("D", TIME);
    assertThat(of(OutputTables.HEALTH_DATA, ANOTHER, Map.of("device_sn", "D")))
        .isEqualTo(new RowIdentity(health, health, "D"));
  }

  /** Where clocks are put back a local time is two moments; the id says which. */
  @Test
  void laterOfTwoMomentsIsKnownByItsId() {
    RecordId later = HealthData.id("D", LATER);
    assertThat(of(OutputTables.HEALTH_DATA, later, Map.of("device_sn", "D")))
        .isEqualTo(new RowIdentity(later, later, "D"));
    RecordId event = CommonEvent.id("D", LATER, "T", "1");
    assertThat(
            of(
                OutputTables.EVENTS,
                event,
                Map.of("device_sn", "D", "event_type", "T", "event_value", "1")))
        .isEqualTo(new RowIdentity(event, event, "D"));
  }

  @Test
  void rowThatManyRecordsMakeNamesTheOneThatMadeIt() {
    RecordId state = DeviceInfo.stateId("D");
    assertThat(of(OutputTables.DEVICE_STATE, state, Map.of("serial_number", "D")))
        .isEqualTo(new RowIdentity(state, DeviceInfo.id("D", TIME), "D"));
    LocalDate day = TIME.toLocalDate();
    RecordId fact = Fact.id("D", day, "sleep_data");
    assertThat(
            of(
                OutputTables.FACTS,
                fact,
                Map.of("device_sn", "D", "period", day, "fact", "sleep_data")))
        .isEqualTo(new RowIdentity(fact, HealthData.id("D", TIME), "D"));
  }

  private static RowIdentity of(OutputTable<?> table, RecordId id, Map<String, Object> columns) {
    List<@Nullable Object> values =
        new ArrayList<>(Collections.nCopies(table.comparedColumns().size(), null));
    values.set(table.comparedColumns().indexOf("timestamp"), TIME);
    columns.forEach((column, value) -> values.set(table.comparedColumns().indexOf(column), value));
    return RowIdentity.of(table, new StoredRow(id, 7, RouteReason.FLAG, values, List.of()));
  }
}
