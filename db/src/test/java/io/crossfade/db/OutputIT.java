package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.control.RefusedRecords;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputIT {

  private static TestOutputs outputs;

  @BeforeAll
  static void open() {
    outputs = new TestOutputs();
  }

  @AfterAll
  static void close() {
    outputs.close();
  }

  @Test
  void runsOnTheDatabaseThatWasAskedFor() {
    if (System.getProperty("crossfade.test.mysql-url") == null) {
      assertThat(TestDatabase.version())
          .containsPattern(
              "mysql".equals(System.getProperty("crossfade.test.database"))
                  ? "^8\\.0\\."
                  : "MariaDB");
    }
  }

  /** Invariant 2: whatever the order, the repeats and the interleaving, the same rows. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void writesCommute(long seed) throws Exception {
    try (TestOutputs fresh = new TestOutputs()) {
      List<AcceptedRecord> records = new SampleRecords(seed).crowded(300);
      new Output(fresh.legacy()).write(records);

      Random random = new Random(seed);
      List<AcceptedRecord> shuffled = new ArrayList<>(records);
      for (int repeats = 0; repeats < 150; repeats++) {
        shuffled.add(records.get(random.nextInt(records.size())));
      }
      Collections.shuffle(shuffled, random);
      Output output = new Output(fresh.stream());
      try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<?>> writes = new ArrayList<>();
        while (!shuffled.isEmpty()) {
          List<AcceptedRecord> head =
              shuffled.subList(0, Math.min(shuffled.size(), 1 + random.nextInt(60)));
          List<AcceptedRecord> batch = List.copyOf(head);
          head.clear();
          writes.add(writers.submit(() -> writeUntilDone(output, batch)));
        }
        for (Future<?> write : writes) {
          write.get();
        }
      }

      for (Kind kind : Kind.values()) {
        assertThat(TestOutputs.rows(fresh.stream(), kind))
            .as("%s rows of seed %d", kind, seed)
            .isNotEmpty()
            .isEqualTo(TestOutputs.rows(fresh.legacy(), kind));
      }
    }
  }

  @Test
  void firstAcceptedMeasurementStaysAndLatestDeviceStateWins() throws Exception {
    SampleRecords records = new SampleRecords(77);
    var time = java.time.LocalDateTime.of(2025, 1, 1, 0, 0);
    HealthData first = records.healthAt("ORDER", time);
    HealthData repeat = records.healthAt("ORDER", time);
    DeviceInfo newer = records.deviceAt("ORDER", time.plusSeconds(1));
    DeviceInfo older = records.deviceAt("ORDER", time);
    new Output(outputs.legacy()).write(List.of(repeat, first, newer, older));

    assertThat(
            TestOutputs.number(
                outputs.legacy(), "SELECT stamp FROM t_user_health_data WHERE device_sn = 'ORDER'"))
        .isEqualTo(first.acceptance().stamp());
    assertThat(
            TestOutputs.number(
                outputs.legacy(), "SELECT stamp FROM t_device_info WHERE serial_number = 'ORDER'"))
        .isEqualTo(newer.acceptance().stamp());
    assertThat(
            TestOutputs.number(
                outputs.legacy(),
                "SELECT COUNT(*) FROM t_device_info_history WHERE serial_number = 'ORDER'"))
        .isEqualTo(2);
  }

  /** A device that could not read its sleep in the evening has still slept. */
  @Test
  void factThatFailedNeverTakesThePlaceOfAGoodOne() throws Exception {
    var time = java.time.LocalDateTime.of(2025, 3, 1, 8, 0);
    HealthData failedFirst = slept(time, "{\"code\":-1}");
    HealthData good = slept(time.plusHours(1), "{\"data\":[{\"code\":-1}],\"code\":0}");
    HealthData better = slept(time.plusHours(2), "{\"data\":[],\"code\":0}");
    HealthData failedLast = slept(time.plusHours(3), "{\"data\":[],\"code\":-1}");
    HealthData failedText = slept(time.plusHours(4), "{\"code\":\"-2\"}");
    List<HealthData> day = new ArrayList<>(List.of(failedFirst, good, better, failedLast));
    for (long seed = 0; seed < 6; seed++) {
      try (TestOutputs fresh = new TestOutputs()) {
        Output output = new Output(fresh.legacy());
        output.write(List.of(failedFirst));
        output.write(List.of(failedText));
        assertThat(sleepOf(fresh)).as("nothing better yet").isEqualTo("{\"code\":\"-2\"}");
        Collections.shuffle(day, new Random(seed));
        for (HealthData one : day) {
          output.write(List.of(one));
        }
        assertThat(sleepOf(fresh)).as("seed %d", seed).isEqualTo("{\"data\":[],\"code\":0}");
      }
    }
  }

  private static HealthData slept(java.time.LocalDateTime time, String document) {
    HealthData any = new SampleRecords(1).healthAt("SLEEPER", time);
    return new HealthData(
        any.acceptance(),
        "SLEEPER",
        time,
        Owner.UNSET,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        Position.UNKNOWN,
        null,
        java.util.Map.of(FactType.SLEEP, document));
  }

  private static String sleepOf(TestOutputs outputs) throws SQLException {
    try (Connection connection = outputs.legacy().getConnection();
        PreparedStatement statement =
            connection.prepareStatement("SELECT sleep_data FROM t_user_health_data_daily");
        java.sql.ResultSet row = statement.executeQuery()) {
      assertThat(row.next()).isTrue();
      String sleep = row.getString(1);
      connection.commit();
      return sleep;
    }
  }

  @Test
  void rowThatTheDatabaseRefusesStandsAloneAndItsNeighboursAreWritten() throws Exception {
    List<AcceptedRecord> batch = new ArrayList<>();
    for (int second = 0; second < 100; second++) {
      batch.add(SampleRecords.health("BISECT", second));
    }
    HealthData bad = SampleRecords.health("B".repeat(300), 0);
    HealthData alsoBad = SampleRecords.health("C".repeat(300), 0);
    batch.set(17, bad);
    batch.set(99, alsoBad);
    Output output = new Output(outputs.stream());

    assertThatThrownBy(() -> output.write(batch)).isInstanceOf(SQLException.class);
    List<Output.Rejection> rejections = output.writeIsolating(batch);

    assertThat(rejections).extracting(Output.Rejection::rejected).containsExactly(bad, alsoBad);
    assertThat(rejections.getFirst().reason()).contains("device_sn").doesNotContain("BBBB");
    assertThat(
            TestOutputs.number(
                outputs.stream(),
                "SELECT COUNT(*) FROM t_user_health_data WHERE device_sn = 'BISECT'"))
        .isEqualTo(98);
  }

  @Test
  void databaseThatIsAwayIsNotTheFaultOfARow() throws Exception {
    try (CutLink link = new CutLink(TestDatabase.port());
        TestOutputs behind = new TestOutputs(TestDatabase.newSchemasBehind(link))) {
      Output output = new Output(behind.legacy());
      output.write(List.of(SampleRecords.health("AWAY", 1)));
      link.cut();
      assertThatThrownBy(() -> output.writeIsolating(List.of(SampleRecords.health("AWAY", 2))))
          .isInstanceOf(SQLException.class);
      link.mend();
      assertThat(output.writeIsolating(List.of(SampleRecords.health("AWAY", 2)))).isEmpty();
      assertThat(TestOutputs.count(behind.legacy(), Kind.HEALTH)).isEqualTo(2);
    }
  }

  @Test
  void valuesComeBackAsTheyWereWritten() throws Exception {
    try (TestOutputs fresh = new TestOutputs()) {
      var record =
          new CommonEvent(
              new Acceptance(
                  CommonEvent.id("a\u0000b", java.time.LocalDateTime.of(2025, 1, 1, 0, 0), "T", ""),
                  5,
                  RouteReason.OPT_IN),
              "a\u0000b",
              java.time.LocalDateTime.of(2025, 1, 1, 0, 0),
              new Owner(Long.MAX_VALUE, null, Long.MIN_VALUE),
              "T",
              "' OR 1=1 -- \\ 😀 \u0000",
              false,
              new Position(new java.math.BigDecimal("-0.000001"), null, 0.1 + 0.2));
      new Output(fresh.legacy()).write(List.of(record));
      assertThat(TestOutputs.rows(fresh.legacy(), Kind.EVENT).getFirst())
          .contains("device_sn=a\u0000b")
          .contains("event_value=' OR 1=1 -- \\ 😀 \u0000")
          .contains("customer_id=9223372036854775807")
          .contains("org_id=null")
          .contains("user_id=-9223372036854775808")
          .contains("latitude=-0.000001")
          .contains("altitude=0.30000000000000004");
    }
  }

  /** Our own way to bind, beside the driver's. */
  @Test
  void rowsAreTheSameWhoeverBindsThem() throws Exception {
    try (TestOutputs fresh = new TestOutputs();
        HikariDataSource byDriver = unprepared(fresh.settings().stream())) {
      List<AcceptedRecord> records = new SampleRecords(11).crowded(900);
      Output ours = new Output(fresh.legacy());
      ours.write(records.subList(0, 100));
      // Once more: a statement that is kept must not remember what it was given before.
      ours.write(records.subList(100, 900));
      new Output(byDriver).write(records);
      try (Connection connection = fresh.legacy().getConnection();
          PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
        assertThat(EncodedParameter.bind(statement, oneText(), 0, 1)).isTrue();
      }
      try (Connection connection = byDriver.getConnection();
          PreparedStatement statement = connection.prepareStatement("SELECT ?")) {
        assertThat(EncodedParameter.bind(statement, oneText(), 0, 1)).isFalse();
      }
      for (Kind kind : Kind.values()) {
        assertThat(TestOutputs.rows(fresh.legacy(), kind))
            .isNotEmpty()
            .isEqualTo(TestOutputs.rows(fresh.stream(), kind));
      }
    }
  }

  /**
   * A statement that is kept holds some 400 bytes a parameter, and those of each size are others.
   */
  @Test
  void statementsOfAnySizeAreNotKept() throws Exception {
    try (TestOutputs fresh = new TestOutputs()) {
      Kind kind = Kind.values()[0];
      OutputScan scan = new OutputScan(fresh.legacy(), OutputTables.of(kind).getFirst());
      RowCopier copier =
          new RowCopier(OutputTables.of(kind).getFirst(), fresh.legacy(), fresh.stream());
      RefusedRecords refused = new RefusedRecords(fresh.control());
      Random random = new Random(7);
      List<RecordId> ids = new ArrayList<>();
      while (ids.size() < 100) {
        byte[] id = new byte[16];
        random.nextBytes(id);
        ids.add(RecordId.of(id));
      }
      long before = statementsKept(fresh);
      for (int size = 60; size < 100; size++) {
        List<RecordId> some = ids.subList(0, size);
        assertThat(scan.find(some)).isEmpty();
        assertThat(copier.insert(some)).isZero();
        int stamp = size;
        refused.keep(
            DeliveryPath.STREAM,
            some.stream().map(id -> new RefusedRecords.Refused(kind, id, stamp)).toList());
      }
      assertThat(statementsKept(fresh)).isLessThan(before + 30);
    }
  }

  /** Of all connections to the server. */
  private static long statementsKept(TestOutputs outputs) throws SQLException {
    try (var connection = outputs.control().getConnection();
        var statement = connection.createStatement();
        var result = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'")) {
      result.next();
      return result.getLong(2);
    }
  }

  private static EncodedRows<String> oneText() {
    return new EncodedRows<>(List.of("text"), List.of(Column.Type.TEXT), (row, column) -> row);
  }

  private static HikariDataSource unprepared(DbSettings.Schema schema) {
    HikariDataSource pool = new HikariDataSource();
    pool.setJdbcUrl(schema.url() + "?useServerPrepStmts=false&connectionTimeZone=UTC");
    pool.setUsername(schema.username());
    pool.setPassword(schema.password());
    pool.setAutoCommit(false);
    return pool;
  }

  @Test
  void dailyFactsShowInTheFieldsShape() throws Exception {
    try (TestOutputs fresh = new TestOutputs()) {
      SampleRecords records = new SampleRecords(5);
      List<AcceptedRecord> day = new ArrayList<>();
      for (int minute = 0; minute < 60; minute++) {
        day.add(records.healthAt("D", java.time.LocalDateTime.of(2025, 9, 17, 8, minute)));
      }
      new Output(fresh.legacy()).write(day);
      assertThat(
              TestOutputs.number(
                  fresh.legacy(),
                  "SELECT COUNT(*) FROM t_user_health_data_daily WHERE device_sn = 'D'"
                      + " AND date = '2025-09-17' AND sleep_data IS NOT NULL"
                      + " AND workout_data IS NOT NULL AND scientific_sleep_data IS NOT NULL"))
          .isEqualTo(1);
      assertThat(
              TestOutputs.number(
                  fresh.legacy(),
                  "SELECT COUNT(*) FROM t_user_health_data_weekly WHERE week_start = '2025-09-15'"))
          .isEqualTo(1);
    }
  }

  /** Concurrent writers of the same rows may deadlock, as anywhere; both paths write again then. */
  private static void writeUntilDone(Output output, List<AcceptedRecord> batch) {
    while (true) {
      try {
        output.write(batch);
        return;
      } catch (SQLException e) {
        if (!"40001".equals(e.getSQLState())) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
