package io.crossfade.reconciler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.crossfade.db.AcceptanceStamp;
import io.crossfade.db.AcceptedRecord;
import io.crossfade.db.Kind;
import io.crossfade.db.Output;
import io.crossfade.db.SampleRecords;
import io.crossfade.db.TestOutputs;
import io.crossfade.reconciler.ComparisonRequest.Origin;
import io.crossfade.reconciler.diff.ComparisonWindow;
import io.crossfade.reconciler.diff.DifferenceClass;
import io.crossfade.reconciler.report.ComparisonReport;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComparisonIT {

  private static final ComparisonWindow ALWAYS =
      new ComparisonWindow(Instant.EPOCH, Instant.parse("2100-01-01T00:00:00Z"));
  private TestOutputs outputs;

  @BeforeEach
  void open() {
    outputs = new TestOutputs();
  }

  @AfterEach
  void close() {
    outputs.close();
  }

  @Test
  void equalOutputsAreConsistent() throws Exception {
    List<AcceptedRecord> records = new SampleRecords(4).crowded(2_000);
    new Output(outputs.legacy()).write(records);
    new Output(outputs.stream()).write(records.reversed());
    ComparisonResult result = compare(ALWAYS);
    for (Kind kind : Kind.values()) {
      assertThat(result.compared(kind)).isPositive();
      assertThat(result.consistency(kind).orElseThrow()).isEqualByComparingTo("100");
    }
    assertThat(ComparisonReport.text(result)).endsWith("consistency 100.000 %");
  }

  /** Invariant 9: every planted difference is found, none is invented. */
  @Test
  void everyPlantedDifferenceIsFoundAndNoneIsInvented() throws Exception {
    List<AcceptedRecord> records = new ArrayList<>();
    for (int second = 0; second < 2_000; second++) {
      records.add(SampleRecords.health("PLANT", second));
    }
    new Output(outputs.legacy()).write(records);
    new Output(outputs.stream()).write(records);
    String[][] plants = {
      {"heart_rate", "72", "NULL"},
      {"upload_method", "NULL", "''"},
      {"upload_method", "'wifi'", "'WIFI'"},
      {"latitude", "31.230412", "31.230413"},
      {"distance", "100.1", "100.10000000000001"},
      {"altitude", "0", "NULL"},
      {"customer_id", "9223372036854775807", "9223372036854775806"},
      {"`timestamp`", "'2025-01-01 00:00:00'", "'2025-01-01 00:00:01'"}
    };
    int planted = 0;
    for (String[] plant : plants) {
      String id = records.get(100 * ++planted).acceptance().id().toString();
      String sql = "UPDATE t_user_health_data SET %s = %s WHERE id = x'%s'";
      update(outputs.legacy(), sql.formatted(plant[0], plant[1], id));
      update(outputs.stream(), sql.formatted(plant[0], plant[2], id));
    }
    int lost = delete(outputs.stream(), records.subList(0, 7));
    int invented = delete(outputs.legacy(), records.subList(1_997, 2_000));
    int facts =
        update(
            outputs.legacy(),
            "UPDATE t_user_health_data_fact SET value = REPLACE(value, '\"code\"', '\"Code\"')"
                + " LIMIT 1");

    ComparisonResult result = compare(ALWAYS);
    TableResult health = result.of(Kind.HEALTH).getFirst();
    assertThat(health.count(DifferenceClass.FIELDS_DIFFER)).isEqualTo(planted);
    assertThat(health.count(DifferenceClass.MISSING_IN_STREAM)).isEqualTo(lost).isEqualTo(7);
    assertThat(health.count(DifferenceClass.MISSING_IN_LEGACY)).isEqualTo(invented).isEqualTo(3);
    assertThat(health.matching()).isEqualTo(2_000 - planted - 10);
    assertThat(result.of(Kind.HEALTH).getLast().differing()).isEqualTo(facts).isEqualTo(1);
    assertThat(health.samples()).hasSize(planted + 10);
    assertThat(result.consistency(Kind.HEALTH).orElseThrow())
        .isLessThan(java.math.BigDecimal.valueOf(100));

    JsonNode json = new ObjectMapper().readTree(ComparisonReport.json(result));
    assertThat(json.at("/kinds/health/tables/0/differences/MISSING_IN_STREAM").asLong())
        .isEqualTo(7);
    assertThat(json.at("/samples/t_user_health_data")).hasSize(planted + 10);
    assertThat(json.at("/kinds/device/consistencyPercent").isNull()).isTrue();
  }

  @Test
  void repeatAcceptedInAnotherWindowIsNotMissing() throws Exception {
    AcceptedRecord early = SampleRecords.health("AGAIN", 1);
    AcceptedRecord late = SampleRecords.health("AGAIN", 1);
    new Output(outputs.legacy()).write(List.of(early));
    new Output(outputs.stream()).write(List.of(late));
    update(outputs.stream(), "UPDATE t_user_health_data SET stamp = stamp + 36000000 * 1048576");
    Instant accepted = AcceptanceStamp.instantOf(early.acceptance().stamp());
    ComparisonResult result =
        compare(new ComparisonWindow(accepted.minusSeconds(60), accepted.plusSeconds(60)));
    assertThat(result.of(Kind.HEALTH).getFirst().differing()).isZero();
    assertThat(result.of(Kind.HEALTH).getFirst().matching()).isEqualTo(1);
  }

  /** Read by stamps, such a record comes from each side at another place. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recordWithTwoStampsOfOneWindowIsComparedOnce(boolean legacyFirst) throws Exception {
    fillElsewhere(outputs.legacy(), outputs.stream());
    DataSource first = legacyFirst ? outputs.legacy() : outputs.stream();
    DataSource second = legacyFirst ? outputs.stream() : outputs.legacy();
    List<AcceptedRecord> early =
        List.of(SampleRecords.health("SAME", 1), SampleRecords.health("OTHER", 1));
    List<AcceptedRecord> late =
        List.of(SampleRecords.health("SAME", 1), SampleRecords.health("OTHER", 1));
    new Output(first).write(early);
    new Output(second).write(late);
    update(second, "UPDATE t_user_health_data SET heart_rate = 1 WHERE device_sn = 'OTHER'");
    for (DataSource output : List.of(outputs.legacy(), outputs.stream())) {
      update(
          output,
          "UPDATE t_user_health_data SET stamp = stamp + 36000000 * 1048576"
              + " WHERE device_sn IN ('SAME', 'OTHER')");
    }
    Instant accepted =
        AcceptanceStamp.instantOf(early.getFirst().acceptance().stamp()).plusSeconds(36_000);
    TableResult health =
        compare(new ComparisonWindow(accepted.minusSeconds(60), accepted.plusSeconds(60)))
            .of(Kind.HEALTH)
            .getFirst();
    assertThat(health.matching()).isEqualTo(1);
    assertThat(health.count(DifferenceClass.FIELDS_DIFFER)).isEqualTo(1);
    assertThat(health.differing()).isEqualTo(1);
  }

  /** A minute of a kind that is not copied must not cost a scan of all that was ever written. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void littleOfALargeTableIsReadAlongItsStampsThoughTheOtherIsEmpty(boolean legacyEmpty)
      throws Exception {
    DataSource large = legacyEmpty ? outputs.stream() : outputs.legacy();
    fillElsewhere(large);
    AcceptedRecord record = SampleRecords.health("NOW", 1);
    new Output(large).write(List.of(record));
    update(
        large,
        "UPDATE t_user_health_data SET stamp = stamp + 36000000 * 1048576 WHERE device_sn = 'NOW'");
    Instant accepted = AcceptanceStamp.instantOf(record.acceptance().stamp()).plusSeconds(36_000);
    TableResult health =
        compare(new ComparisonWindow(accepted.minusSeconds(60), accepted.plusSeconds(60)))
            .of(Kind.HEALTH)
            .getFirst();
    assertThat(health.differing()).isEqualTo(1);
    assertThat(
            TestOutputs.number(
                outputs.control(),
                "SELECT COUNT(*) FROM comparison"
                    + " WHERE progress LIKE '%\"t_user_health_data\":{\"order\":\"BY_STAMP\"%'"))
        .isEqualTo(1);
  }

  @Test
  void windowIsHalfOpenAndEmptyIsNoEvidence() throws Exception {
    AcceptedRecord record = SampleRecords.health("EDGE", 1);
    new Output(outputs.legacy()).write(List.of(record));
    Instant accepted = AcceptanceStamp.instantOf(record.acceptance().stamp());
    assertThat(
            compare(new ComparisonWindow(accepted, accepted.plusMillis(1))).compared(Kind.HEALTH))
        .isPositive();
    ComparisonResult before = compare(new ComparisonWindow(accepted.minusMillis(1), accepted));
    assertThat(before.compared(Kind.HEALTH)).isZero();
    assertThat(before.consistency()).isEmpty();
    assertThat(ComparisonReport.text(before)).endsWith("unknown: nothing to compare");
  }

  @Test
  void oneDifferenceInAMillionIsNotRoundedAway() {
    TableResult table =
        new TableResult(
            "t",
            999_999,
            0,
            0,
            Map.of(DifferenceClass.FIELDS_DIFFER, 1L),
            Map.of(),
            Map.of(),
            Map.of(),
            0,
            0,
            List.of());
    ComparisonResult result =
        new ComparisonResult(
            1,
            Origin.ON_DEMAND,
            ALWAYS,
            Instant.EPOCH,
            Instant.EPOCH,
            true,
            Map.of(Kind.HEALTH, List.of(table)),
            Map.of(),
            0,
            99.9,
            1);
    assertThat(result.consistency().orElseThrow()).hasToString("99.999");
  }

  /** Many rows, accepted hours before what a test has moved to later. */
  private static void fillElsewhere(DataSource... outputs) throws SQLException {
    List<AcceptedRecord> elsewhere = new ArrayList<>();
    for (int second = 0; second < 2_000; second++) {
      elsewhere.add(SampleRecords.health("ELSEWHERE", second));
    }
    for (DataSource output : outputs) {
      new Output(output).write(elsewhere);
    }
  }

  private ComparisonResult compare(ComparisonWindow window) throws Exception {
    return TestReconciler.drained(outputs).run(ComparisonRequest.all(Origin.ON_DEMAND, window));
  }

  private static int delete(DataSource output, List<AcceptedRecord> records) throws SQLException {
    int deleted = 0;
    for (AcceptedRecord accepted : records) {
      deleted +=
          update(
              output,
              "DELETE FROM t_user_health_data WHERE id = x'" + accepted.acceptance().id() + "'");
    }
    return deleted;
  }

  private static int update(DataSource output, String sql) throws SQLException {
    try (Connection connection = output.getConnection();
        Statement statement = connection.createStatement()) {
      int changed = statement.executeUpdate(sql);
      connection.commit();
      return changed;
    }
  }
}
