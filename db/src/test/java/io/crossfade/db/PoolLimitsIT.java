package io.crossfade.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.crossfade.db.control.ControlTransactions;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How long pools wait for a server that answers nothing, and for what it is told to wait for. */
class PoolLimitsIT {

  /** What MySQL and MariaDB say when a lock was not to be had in time. */
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private static final String NO_ANSWER = "08S01";

  private final CutLink link = new CutLink(TestDatabase.port());
  private final TestOutputs outputs = new TestOutputs(TestDatabase.newSchemasBehind(link));

  @AfterEach
  void stop() throws IOException {
    outputs.close();
    link.close();
  }

  /** A scan, a report or a slice of deletes is at work for longer than a lease may wait. */
  @Test
  void controlPoolGivesUpAShortQuestionEarlyAndALongOneDoesNot() throws Exception {
    assertThatThrownBy(() -> sleep(new ControlTransactions(outputs.control()), 7))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(NO_ANSWER));
    ControlTransactions patient = new ControlTransactions(outputs.control()).forLongQuestions();
    assertThat(sleep(patient, 7)).isZero();
    assertThat(limit(outputs.control())).as("once it is given back").isEqualTo(5_000);
    assertThat(
            new ControlTransactions(outputs.control())
                .<Integer>on(
                    short_ -> {
                      assertThat(short_.getNetworkTimeout()).isEqualTo(5_000);
                      return patient.on(Connection::getNetworkTimeout);
                    }))
        .as("as a part of a transaction of short ones")
        .isEqualTo(30_000);
  }

  /** By default it would keep a dead link's locks for eight hours, those of the flags too. */
  @Test
  void serverLetsGoOfWhatADeadLinkHeldAndKeepsWhatIsOnlyIdle() throws Exception {
    for (DataSource pool : List.of(outputs.control(), outputs.legacy(), outputs.stream())) {
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT @@SESSION.wait_timeout")) {
        row.next();
        assertThat(row.getLong(1)).isEqualTo(60);
      }
      assertThat(pool.unwrap(HikariDataSource.class).getKeepaliveTime()).isBetween(1L, 45_000L);
    }
  }

  @Test
  void scansOfAnOutputMayTakeLongerThanItsWriters() throws Exception {
    assertThat(limit(outputs.legacy())).isEqualTo(10_000);
    try (Connection scan = LongQuestions.connect(outputs.legacy())) {
      assertThat(scan.getNetworkTimeout()).isEqualTo(30_000);
    }
    assertThat(limit(outputs.legacy())).as("once it is given back").isEqualTo(10_000);
  }

  /** Whoever knows better says so where the driver's settings are said. */
  @Test
  void limitInTheUrlCounts() throws Exception {
    for (String limit : List.of("socketTimeout=45000", "connectTimeout=500&socketTimeout=45000")) {
      DbSettings.Schema schema = outputs.settings().legacy();
      DbSettings.Schema own =
          new DbSettings.Schema(
              schema.url() + "?" + limit, schema.username(), schema.password(), 1);
      SchemaPool pool = Schemas.open("own", own, new SchemaPool.Migration("output", false, null));
      try (pool) {
        pool.open();
        assertThat(limit(pool)).isEqualTo(45_000);
        try (Connection scan = LongQuestions.connect(pool)) {
          assertThat(scan.getNetworkTimeout()).as("is not cut").isEqualTo(45_000);
        }
      }
    }
  }

  /**
   * Or a lock would look like a server that is away, and what waits for it would go on to wait with
   * nobody at the other end, once for each time it is tried again.
   */
  @Test
  void serverGivesUpALockBeforeThePoolGivesUpTheServer() throws Exception {
    String control = TestDatabase.nameOf(outputs.settings().control());
    String legacy = TestDatabase.nameOf(outputs.settings().legacy());
    try (Connection other = TestDatabase.admin();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.executeQuery("SELECT * FROM " + control + ".rollout_version FOR UPDATE").close();
      assertGivenUp(outputs.control(), "UPDATE rollout_version SET version = version + 1");
      other.rollback();
      statement.execute("LOCK TABLES " + legacy + ".t_device_info WRITE");
      assertGivenUp(outputs.legacy(), "DELETE FROM t_device_info");
      statement.execute("UNLOCK TABLES");
    }
  }

  /** The commit came, its answer did not: the batch is written again, and is there once. */
  @Test
  void batchOfUnknownOutcomeIsWrittenAgain() throws Exception {
    List<AcceptedRecord> records =
        IntStream.range(0, 300)
            .<AcceptedRecord>mapToObj(i -> SampleRecords.health("UNKNOWN", i))
            .toList();
    WriteAttempts attempts = new WriteAttempts();
    Output.Batch batch = Output.prepare(records);
    assertThatThrownBy(() -> attempts.write(new Output(silentAtCommit()), batch))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(SqlFaults.isDatabaseFault(e)).isTrue());
    String schema = TestDatabase.nameOf(outputs.settings().stream());
    assertThat(
            TestDatabase.query("SELECT COUNT(*) FROM " + schema + ".t_user_health_data").getFirst())
        .as("the server committed")
        .isEqualTo("300");
    List<String> once = TestOutputs.rows(outputs.stream(), Kind.HEALTH);
    assertThat(attempts.write(new Output(outputs.stream()), batch)).isEmpty();
    assertThat(TestOutputs.rows(outputs.stream(), Kind.HEALTH)).isEqualTo(once).isNotEmpty();
  }

  private static int sleep(ControlTransactions transactions, int seconds) throws SQLException {
    return transactions.on(
        connection -> {
          try (Statement statement = connection.createStatement();
              ResultSet row = statement.executeQuery("SELECT SLEEP(" + seconds + ")")) {
            row.next();
            return row.getInt(1);
          }
        });
  }

  private static int limit(DataSource pool) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return connection.getNetworkTimeout();
    }
  }

  private static void assertGivenUp(DataSource pool, String sql) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute(sql))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(LOCK_WAIT_TIMEOUT));
      connection.rollback();
    }
  }

  /** The stream output, whose links answer nothing from its first commit on. */
  private DataSource silentAtCommit() {
    return new HookedCommits(outputs.stream(), connection -> link.mute());
  }
}
