package io.crossfade.router.campaign;

import io.crossfade.stream.TestRedis;
import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** What befalls Redis. */
final class RedisFaults {

  /** Of all keys of the campaign. */
  static final String PREFIX = "campaign:";

  private static final Duration DOWN = Duration.ofSeconds(2);
  private static final Duration WRONG = Duration.ofSeconds(3);

  private RedisFaults() {}

  static void killAndStart(TestRedis redis) throws InterruptedException {
    redis.kill();
    Fault.last(DOWN);
    redis.start();
  }

  static void stopAndStart(TestRedis redis) throws InterruptedException {
    redis.stop();
    Fault.last(DOWN);
    redis.start();
  }

  static void hang(TestRedis redis, Duration time) throws InterruptedException {
    redis.hang();
    Fault.last(time);
    redis.goOn();
  }

  static void leaveNoMemory(TestRedis redis) throws InterruptedException {
    redis.command(commands -> commands.configSet("maxmemory", "1"));
    Fault.last(WRONG);
    redis.command(commands -> commands.configSet("maxmemory", "0"));
  }

  /** A replica of nobody: it keeps what it has and takes no writes. */
  static void makeReadOnly(TestRedis redis) throws InterruptedException {
    redis.command(commands -> commands.replicaof("127.0.0.1", 1));
    Fault.last(WRONG);
    redis.command(commands -> commands.replicaofNoOne());
  }

  static void flush(Site site) throws InterruptedException {
    strikeBacklog(site, commands -> commands.flushall());
  }

  static void deleteStreams(Site site) throws InterruptedException {
    strikeBacklog(site, commands -> commands.keys(PREFIX + "*").forEach(commands::del));
  }

  static void deleteGroups(Site site) throws InterruptedException {
    strikeBacklog(
        site,
        commands ->
            commands
                .keys(PREFIX + "*")
                .forEach(
                    key ->
                        commands
                            .xinfoGroups(key)
                            .forEach(group -> commands.xgroupDestroy(key, name(group)))));
  }

  /** Strikes while the database takes nothing, so that there are entries to lose. */
  private static void strikeBacklog(Site site, Consumer<RedisCommands<String, String>> blow)
      throws InterruptedException {
    site.database.hang();
    try {
      Fault.last(DOWN);
      site.redis.command(blow);
    } finally {
      site.database.goOn();
    }
  }

  static void killClients(TestRedis redis) throws InterruptedException {
    for (int time = 0; time < 3; time++) {
      redis.command(commands -> commands.clientKill(KillArgs.Builder.typeNormal().skipme(true)));
      Fault.last(Duration.ofMillis(500));
    }
  }

  static void rewriteFile(TestRedis redis) {
    redis.command(commands -> commands.bgrewriteaof());
  }

  private static String name(Object group) {
    List<?> fields = (List<?>) group;
    return String.valueOf(fields.get(fields.indexOf("name") + 1));
  }
}
