package io.crossfade.router.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What goes wrong, and how it is made good again. */
enum Fault {
  NOTHING {
    @Override
    void strike(Site site, JarProcess victim, Random random) {
      // The oracle's own test: nothing went wrong and nothing may be said to have.
    }
  },
  ROUTER_KILLED {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      JarProcess router = victim;
      router.kill();
      rest(1_000);
      router.start();
      router.awaitStart();
    }
  },
  ROUTER_TERMINATED {
    @Override
    void strike(Site site, JarProcess victim, Random random) {
      JarProcess router = victim;
      if (!router.stop(Duration.ofSeconds(90))) {
        throw new IllegalStateException(router.name() + " did not end within its time");
      }
      router.start();
      router.awaitStart();
    }
  },
  ROUTER_HUNG_5_S {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      hang(victim, 5);
    }
  },
  ROUTER_HUNG_40_S(true) {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      hang(victim, 40);
    }
  },
  WORKER_KILLED {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.worker.kill();
      rest(2_000);
      site.worker.start();
      site.worker.awaitStart();
    }
  },
  REDIS_KILLED {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.redis.kill();
      rest(2_000);
      site.redis.start();
    }
  },
  REDIS_TERMINATED {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.redis.stop();
      rest(1_000);
      site.redis.start();
    }
  },
  REDIS_HUNG_5_S {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.redis.hang();
      rest(5_000);
      site.redis.goOn();
    }
  },
  REDIS_HUNG_40_S(true) {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.redis.hang();
      rest(40_000);
      site.redis.goOn();
    }
  },
  REDIS_FULL {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.redis.command(redis -> redis.configSet("maxmemory", "1"));
      rest(3_000);
      site.redis.command(redis -> redis.configSet("maxmemory", "0"));
    }
  },
  REDIS_READ_ONLY {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      // A replica of nobody: it keeps what it has and takes no writes.
      site.redis.command(redis -> redis.replicaof("127.0.0.1", 1));
      rest(3_000);
      site.redis.command(redis -> redis.replicaofNoOne());
    }
  },
  REDIS_FLUSHED(false, true) {
    @Override
    void strike(Site site, JarProcess victim, Random random) {
      site.redis.command(redis -> redis.flushall());
    }
  },
  STREAM_DELETED(false, true) {
    @Override
    void strike(Site site, JarProcess victim, Random random) {
      site.redis.command(redis -> redis.keys("campaign:*").forEach(redis::del));
    }
  },
  GROUP_DELETED(false, true) {
    @Override
    void strike(Site site, JarProcess victim, Random random) {
      site.redis.command(
          redis ->
              redis
                  .keys("campaign:*")
                  .forEach(
                      key ->
                          redis
                              .xinfoGroups(key)
                              .forEach(group -> redis.xgroupDestroy(key, name(group)))));
    }

    private static String name(Object group) {
      List<?> fields = (List<?>) group;
      return String.valueOf(fields.get(fields.indexOf("name") + 1));
    }
  },
  REDIS_CLIENTS_KILLED {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      for (int time = 0; time < 3; time++) {
        site.redis.command(
            redis -> redis.clientKill(io.lettuce.core.KillArgs.Builder.typeNormal().skipme(true)));
        rest(500);
      }
    }
  },
  REDIS_REWRITES_ITS_FILE {
    @Override
    void strike(Site site, JarProcess victim, Random random) {
      site.redis.command(redis -> redis.bgrewriteaof());
    }
  },
  PACKETS_TO_REDIS_VANISH {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.redisLink.swallow();
      rest(8_000);
      site.redisLink.flow();
    }
  },
  MYSQL_KILLED {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.database.kill();
      rest(1_000);
      site.database.start();
    }
  },
  MYSQL_TERMINATED {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.database.stop();
      rest(1_000);
      site.database.start();
    }
  },
  MYSQL_HUNG_5_S {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.database.hang();
      rest(5_000);
      site.database.goOn();
    }
  },
  MYSQL_HUNG_40_S(true) {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.database.hang();
      rest(40_000);
      site.database.goOn();
    }
  },
  MYSQL_READ_ONLY {
    @Override
    void strike(Site site, JarProcess victim, Random random)
        throws SQLException, InterruptedException {
      sql(site, "SET GLOBAL read_only = 1");
      rest(4_000);
      sql(site, "SET GLOBAL read_only = 0");
    }
  },
  MYSQL_TABLES_LOCKED {
    @Override
    void strike(Site site, JarProcess victim, Random random)
        throws SQLException, InterruptedException {
      String schema = output(site, random);
      try (Connection connection = site.database.admin();
          Statement statement = connection.createStatement()) {
        statement.execute(
            "LOCK TABLES %1$s.t_user_health_data WRITE, %1$s.t_common_event WRITE"
                .formatted(schema));
        rest(5_000);
        statement.execute("UNLOCK TABLES");
      }
    }
  },
  MYSQL_CONNECTIONS_KILLED {
    @Override
    void strike(Site site, JarProcess victim, Random random)
        throws SQLException, InterruptedException {
      for (int time = 0; time < 3; time++) {
        killConnections(site);
        rest(500);
      }
    }
  },
  MYSQL_CONNECTIONS_EXHAUSTED {
    @Override
    void strike(Site site, JarProcess victim, Random random)
        throws SQLException, InterruptedException {
      List<Connection> hogs = new ArrayList<>();
      try (Connection keeper = site.database.admin();
          Statement statement = keeper.createStatement()) {
        statement.execute("SET GLOBAL max_connections = 20");
        killConnections(site);
        try {
          for (int hog = 0; hog < 40; hog++) {
            hogs.add(site.database.admin());
          }
        } catch (SQLException e) {
          // there are no more
        }
        rest(4_000);
        statement.execute("SET GLOBAL max_connections = 300");
      } finally {
        for (Connection hog : hogs) {
          hog.close();
        }
      }
    }
  },
  MYSQL_DEADLOCKS {
    @Override
    void strike(Site site, JarProcess victim, Random random)
        throws SQLException, InterruptedException {
      String table = output(site, random) + ".t_user_health_data";
      try (Connection connection = site.database.admin();
          Statement statement = connection.createStatement()) {
        connection.setAutoCommit(false);
        for (int time = 0; time < 20; time++) {
          try {
            // Locks rows and the gaps before them from the wrong end, where batches go up.
            statement
                .executeQuery("SELECT id FROM " + table + " ORDER BY id DESC LIMIT 500 FOR UPDATE")
                .close();
            rest(150);
            connection.commit();
          } catch (SQLException e) {
            connection.rollback();
          }
          rest(50);
        }
      }
    }
  },
  MYSQL_DISK_FULL {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      Path filler = site.disk.resolve("filler");
      try {
        fill(filler);
        rest(5_000);
        Files.delete(filler);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  },
  PACKETS_TO_MYSQL_VANISH {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      site.databaseLink.swallow();
      rest(8_000);
      site.databaseLink.flow();
    }
  },
  CLOCK_STEPPED {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      JarProcess router = victim;
      router.stop(Duration.ofSeconds(90));
      router.startOnClock(Duration.ofSeconds(10));
      router.awaitStart();
      rest(2_000);
      router.stepClock(Duration.ofSeconds(-10));
      rest(3_000);
      router.stop(Duration.ofSeconds(90));
      router.start();
      router.awaitStart();
    }
  },
  FLIPPED {
    @Override
    void strike(Site site, JarProcess victim, Random random) throws InterruptedException {
      List<String> stages = List.of("shadow", "canary 30", "live", "canary 70", "shadow");
      for (int time = 0; time < 4; time++) {
        site.switches.enter(stages.get(random.nextInt(stages.size())));
        rest(700);
      }
    }
  };

  private final boolean slow;
  private final boolean losesEntries;

  Fault() {
    this(false);
  }

  Fault(boolean slow) {
    this(slow, false);
  }

  Fault(boolean slow, boolean losesEntries) {
    this.slow = slow;
    this.losesEntries = losesEntries;
  }

  /** Goes wrong and is made good again. */
  abstract void strike(Site site, JarProcess victim, Random random)
      throws SQLException, InterruptedException;

  /** Takes most of a minute: left out of a short campaign. */
  boolean slow() {
    return slow;
  }

  /** Redis loses what it had confirmed: nothing explains that, it must be said to be lost. */
  boolean losesEntries() {
    return losesEntries;
  }

  /** Whether it switches stages itself. */
  boolean switches() {
    return this == FLIPPED;
  }

  /** A router dies, or is taken for dead. */
  boolean kills() {
    return this == ROUTER_KILLED;
  }

  private static void hang(JarProcess process, int seconds) throws InterruptedException {
    process.hang();
    rest(seconds * 1_000L);
    process.goOn();
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

  private static void killConnections(Site site) throws SQLException {
    try (Connection connection = site.database.admin();
        Statement statement = connection.createStatement()) {
      List<Long> ids = new ArrayList<>();
      try (var result =
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

  private static void fill(Path filler) throws IOException {
    byte[] block = new byte[1 << 20];
    try (var out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      // as it was meant
    }
  }

  /** How long a fault lasts; nobody waits for anything here. */
  private static void rest(long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }
}
