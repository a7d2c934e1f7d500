package io.crossfade.reconciler.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.TestDatabase;
import io.crossfade.reconciler.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that wait for a busy server, and for a replica that is behind. */
class TableThrottleIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int SLEEPERS = 6;
  private static final String SLEEP = "SELECT SLEEP(60)";
  private static final LoadBounds BEHIND = new LoadBounds(null, Duration.ofSeconds(5), List.of());

  @TempDir private Path state;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private TwoSchemas schemas;
  private boolean mariaDb;

  @BeforeEach
  void makeTables() throws SQLException {
    mariaDb = TestDatabase.version().contains("MariaDB");
    schemas = new TwoSchemas(false);
    schemas.both("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)");
  }

  @AfterEach
  void close() throws SQLException {
    schemas.close();
  }

  @Test
  void waitsWhileManyStatementsAreAtWork() throws Exception {
    int most = running() + SLEEPERS / 2;
    LoadBounds bounds = new LoadBounds(most, null, List.of());
    List<Connection> sleepers = new ArrayList<>();
    try (TableThrottle throttle = TableThrottle.open(bounds, endpoints(), told::add);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      for (int i = 0; i < SLEEPERS; i++) {
        Connection sleeper = TestDatabase.admin();
        sleepers.add(sleeper);
        threads.submit(() -> sleeper.createStatement().execute(SLEEP));
      }
      try {
        await("statements to be at work").atMost(PATIENCE).until(() -> running() > most + 1);
        Future<Verdict> run = threads.submit(() -> run(throttle));
        await("the run to wait").atMost(PATIENCE).until(() -> !told.isEmpty());
        assertThat(told.getFirst()).contains("threads running, more than " + most);
        assertThat(run.isDone()).isFalse();
        killSleepers();
        assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Verdict.PASS);
      } finally {
        killSleepers();
      }
    }
    for (Connection sleeper : sleepers) {
      sleeper.close();
    }
  }

  @Test
  void waitsWhileAReplicaStandsStill() throws Exception {
    TwoSchemas.on(
        schemas.left,
        mariaDb
            ? "CHANGE MASTER 'crossfade_test' TO MASTER_HOST = '127.0.0.1', MASTER_PORT = 1,"
                + " MASTER_USER = 'nobody'"
            : "CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = 1,"
                + " SOURCE_USER = 'nobody' FOR CHANNEL 'crossfade_test'");
    boolean reset = false;
    try {
      mayAsk();
      try (TableThrottle throttle = TableThrottle.open(BEHIND, endpoints(), told::add);
          ExecutorService threads = Executors.newCachedThreadPool()) {
        Future<Verdict> run = threads.submit(() -> run(throttle));
        await("the run to wait").atMost(PATIENCE).until(() -> !told.isEmpty());
        assertThat(told.getFirst()).contains("stands still");
        assertThat(run.isDone()).isFalse();
        forgetReplica();
        reset = true;
        assertThat(run.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Verdict.PASS);
      }
    } finally {
      if (!reset) {
        forgetReplica();
      }
    }
  }

  @Test
  void refusesWhoMayNotAskHowFarAReplicaIsBehind() {
    assertThatThrownBy(() -> TableThrottle.open(BEHIND, Set.of(reader()), told::add))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("REPLICATION CLIENT")
        .hasMessageContaining("--max-replica-delay");
  }

  @Test
  void refusesABoundThatIsAboutNoServer() throws Exception {
    mayAsk();
    assertThatThrownBy(() -> TableThrottle.open(BEHIND, endpoints(), told::add))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none of these is a replica");
  }

  private Endpoint reader() {
    return schemas.reader(Side.LEFT);
  }

  private Set<Endpoint> endpoints() throws SQLException {
    return Set.of(schemas.writer(Side.LEFT), schemas.writer(Side.RIGHT));
  }

  private void mayAsk() throws SQLException {
    String user = String.valueOf(schemas.writer(Side.LEFT).user());
    TwoSchemas.on(
        schemas.left,
        "GRANT %s ON *.* TO '%s'@'%%'"
            .formatted(mariaDb ? "REPLICA MONITOR" : "REPLICATION CLIENT", user));
  }

  private void forgetReplica() throws SQLException {
    TwoSchemas.on(
        schemas.left,
        mariaDb
            ? "RESET SLAVE 'crossfade_test' ALL"
            : "RESET REPLICA ALL FOR CHANNEL 'crossfade_test'");
  }

  private Verdict run(TableThrottle throttle) throws Exception {
    PairSpec spec =
        new PairSpec(
            reader(), schemas.reader(Side.RIGHT), "t", "t", null, null, PairRules.NONE, null);
    DiffOptions options = new DiffOptions(state, 1, 10, Duration.ZERO, throttle);
    try (TableDiff diff = TableDiff.open(spec, options)) {
      return diff.run().verdict();
    }
  }

  private int running() throws SQLException {
    try (Statement statement = schemas.left.createStatement();
        ResultSet row = statement.executeQuery("SHOW GLOBAL STATUS LIKE 'Threads_running'")) {
      row.next();
      return row.getInt(2);
    }
  }

  private static void killSleepers() throws SQLException {
    try (Connection connection = TestDatabase.admin();
        Statement statement = connection.createStatement()) {
      List<Long> ids = new ArrayList<>();
      try (ResultSet row =
          statement.executeQuery(
              "SELECT id FROM information_schema.processlist WHERE info = '%s'".formatted(SLEEP))) {
        while (row.next()) {
          ids.add(row.getLong(1));
        }
      }
      for (long id : ids) {
        statement.execute("KILL " + id);
      }
    }
  }
}
