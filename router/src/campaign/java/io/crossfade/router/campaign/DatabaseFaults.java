package io.crossfade.router.campaign;

import io.crossfade.db.DatabaseProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What befalls the database. */
final class DatabaseFaults {

  private static final Duration DOWN = Duration.ofSeconds(1);
  private static final Duration WRONG = Duration.ofSeconds(4);

  private DatabaseFaults() {}

  static void killAndStart(DatabaseProcess database) throws InterruptedException {
    database.kill();
    Fault.last(DOWN);
    database.start();
  }

  static void stopAndStart(DatabaseProcess database) throws InterruptedException {
    database.stop();
    Fault.last(DOWN);
    database.start();
  }

  static void hang(DatabaseProcess database, Duration time) throws InterruptedException {
    database.hang();
    Fault.last(time);
    database.goOn();
  }

  static void makeReadOnly(Site site) throws SQLException, InterruptedException {
    sql(site, "SET GLOBAL read_only = 1");
    Fault.last(WRONG);
    sql(site, "SET GLOBAL read_only = 0");
  }

  static void lockTables(Site site, Random random) throws SQLException, InterruptedException {
    String schema = output(site, random);
    try (Connection connection = site.database.admin();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "LOCK TABLES %1$s.t_user_health_data WRITE, %1$s.t_common_event WRITE".formatted(schema));
      Fault.last(WRONG);
      statement.execute("UNLOCK TABLES");
    }
  }

  static void killConnections(Site site) throws SQLException, InterruptedException {
    for (int time = 0; time < 3; time++) {
      try (Connection connection = site.database.admin();
          Statement statement = connection.createStatement()) {
        killAllOnce(statement);
      }
      Fault.last(Duration.ofMillis(500));
    }
  }

  static void takeAllConnections(Site site) throws SQLException, InterruptedException {
    List<Connection> hogs = new ArrayList<>();
    // Asked on one that is open: soon there is no other.
    try (Connection keeper = site.database.admin();
        Statement statement = keeper.createStatement()) {
      statement.execute("SET GLOBAL max_connections = 20");
      try {
        killAllOnce(statement);
        takeAll(site, hogs);
        Fault.last(WRONG);
      } finally {
        statement.execute("SET GLOBAL max_connections = 300");
        for (Connection hog : hogs) {
          hog.close();
        }
      }
    }
  }

  private static void takeAll(Site site, List<Connection> hogs) {
    try {
      for (int hog = 0; hog < 40; hog++) {
        hogs.add(site.database.admin());
      }
    } catch (SQLException e) {
      // there are no more
    }
  }

  /** Locks rows and the gaps before them from the wrong end, where batches go up. */
  static void deadlock(Site site, Random random) throws SQLException, InterruptedException {
    String table = output(site, random) + ".t_user_health_data";
    try (Connection connection = site.database.admin();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (int time = 0; time < 20; time++) {
        try {
          statement
              .executeQuery("SELECT id FROM " + table + " ORDER BY id DESC LIMIT 500 FOR UPDATE")
              .close();
          Fault.last(Duration.ofMillis(150));
          connection.commit();
        } catch (SQLException e) {
          connection.rollback();
        }
        Fault.last(Duration.ofMillis(50));
      }
    }
  }

  static void fillDisk(Site site) throws IOException, InterruptedException {
    Path filler = site.disk.resolve("filler");
    try {
      fill(filler);
      Fault.last(WRONG);
    } finally {
      Files.deleteIfExists(filler);
    }
  }

  private static void fill(Path filler) {
    byte[] block = new byte[1 << 20];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      // as it was meant
    }
  }

  private static String output(Site site, Random random) {
    return site.schema(random.nextBoolean() ? site.schemas.legacy() : site.schemas.stream());
  }

  private static void sql(Site site, String sql) throws SQLException {
    try (Connection connection = site.database.admin();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static void killAllOnce(Statement statement) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (ResultSet result =
        statement.executeQuery(
            "SELECT id FROM information_schema.processlist WHERE user LIKE 'crossfade_app%'")) {
      while (result.next()) {
        ids.add(result.getLong(1));
      }
    }
    for (long id : ids) {
      try {
        statement.execute("KILL " + id);
      } catch (SQLException e) {
        // it has gone by itself
      }
    }
  }
}
