package io.crossfade.router.campaign;

import io.crossfade.db.CutLink;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** What goes wrong, and how it is made good again. */
enum Fault {
  /** The judgement's own test: nothing may be said to have gone wrong. */
  NOTHING((site, router, random) -> {}),

  ROUTER_KILLED((site, router, random) -> ProcessFaults.killAndStart(router)),
  ROUTER_TERMINATED((site, router, random) -> ProcessFaults.endAndStart(router)),
  ROUTER_HUNG_5_S((site, router, random) -> ProcessFaults.hang(router, Duration.ofSeconds(5))),
  ROUTER_HUNG_40_S((site, router, random) -> ProcessFaults.hang(router, Duration.ofSeconds(40))),
  WORKER_KILLED((site, router, random) -> ProcessFaults.killAndStart(site.worker)),
  CLOCK_STEPPED((site, router, random) -> ProcessFaults.stepClock(router)),

  REDIS_KILLED((site, router, random) -> RedisFaults.killAndStart(site.redis)),
  REDIS_TERMINATED((site, router, random) -> RedisFaults.stopAndStart(site.redis)),
  REDIS_HUNG_5_S((site, router, random) -> RedisFaults.hang(site.redis, Duration.ofSeconds(5))),
  REDIS_HUNG_40_S((site, router, random) -> RedisFaults.hang(site.redis, Duration.ofSeconds(40))),
  REDIS_FULL((site, router, random) -> RedisFaults.leaveNoMemory(site.redis)),
  REDIS_READ_ONLY((site, router, random) -> RedisFaults.makeReadOnly(site.redis)),
  REDIS_FLUSHED((site, router, random) -> RedisFaults.flush(site)),
  STREAM_DELETED((site, router, random) -> RedisFaults.deleteStreams(site)),
  GROUP_DELETED((site, router, random) -> RedisFaults.deleteGroups(site)),
  REDIS_CLIENTS_KILLED((site, router, random) -> RedisFaults.killClients(site.redis)),
  REDIS_REWRITES_ITS_FILE((site, router, random) -> RedisFaults.rewriteFile(site.redis)),
  PACKETS_TO_REDIS_VANISH((site, router, random) -> losePackets(site.redisLink)),

  MYSQL_KILLED((site, router, random) -> DatabaseFaults.killAndStart(site.database)),
  MYSQL_TERMINATED((site, router, random) -> DatabaseFaults.stopAndStart(site.database)),
  MYSQL_HUNG_5_S(
      (site, router, random) -> DatabaseFaults.hang(site.database, Duration.ofSeconds(5))),
  MYSQL_HUNG_40_S(
      (site, router, random) -> DatabaseFaults.hang(site.database, Duration.ofSeconds(40))),
  MYSQL_READ_ONLY((site, router, random) -> DatabaseFaults.makeReadOnly(site)),
  MYSQL_TABLES_LOCKED((site, router, random) -> DatabaseFaults.lockTables(site, random)),
  MYSQL_CONNECTIONS_KILLED((site, router, random) -> DatabaseFaults.killConnections(site)),
  MYSQL_CONNECTIONS_EXHAUSTED((site, router, random) -> DatabaseFaults.takeAllConnections(site)),
  MYSQL_DEADLOCKS((site, router, random) -> DatabaseFaults.deadlock(site, random)),
  MYSQL_DISK_FULL((site, router, random) -> DatabaseFaults.fillDisk(site)),
  PACKETS_TO_MYSQL_VANISH((site, router, random) -> losePackets(site.databaseLink)),

  FLIPPED((site, router, random) -> flip(site.switches, random));

  /** Goes wrong and is made good again. */
  private interface Blow {
    void strike(Site site, JarProcess router, Random random)
        throws IOException, SQLException, InterruptedException;
  }

  private final Blow blow;

  Fault(Blow blow) {
    this.blow = blow;
  }

  /**
   * Goes wrong and is made good again.
   *
   * @param router that is struck when one is
   */
  void strike(Site site, JarProcess router, Random random)
      throws IOException, SQLException, InterruptedException {
    blow.strike(site, router, random);
  }

  /** Takes most of a minute: left out unless asked for. */
  boolean slow() {
    return name().endsWith("_40_S");
  }

  /** Whether it switches stages itself. */
  boolean switches() {
    return this == FLIPPED;
  }

  /** Whether what a router has in memory dies. */
  boolean kills() {
    return this == ROUTER_KILLED;
  }

  /** How long a fault lasts; nobody waits for anything here. */
  static void last(Duration time) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(time.toMillis());
  }

  private static void losePackets(CutLink link) throws InterruptedException {
    link.swallow();
    last(Duration.ofSeconds(8));
    link.flow();
  }

  private static void flip(Switches switches, Random random) throws InterruptedException {
    List<String> stages = List.of("shadow", "canary 30", "live", "canary 70");
    for (int time = 0; time < 4; time++) {
      switches.enter(stages.get(random.nextInt(stages.size())));
      last(Duration.ofMillis(700));
    }
    switches.rollBack();
    switches.awaitAnswered();
  }
}
