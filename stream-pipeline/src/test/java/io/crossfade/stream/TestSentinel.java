package io.crossfade.stream;

import io.crossfade.db.TestServers;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.awaitility.Awaitility;

/** A sentinel that makes a replica the master when the master is away for half a second. */
final class TestSentinel implements Closeable {

  static final String MASTER = "crossfade";

  private final Path home;
  private final int port = TestServers.freePort();
  private final Process process;

  /** Watches {@code master} and has found its replica; gone with the JVM. */
  TestSentinel(TestRedis master) {
    try {
      home = Files.createTempDirectory("crossfade-sentinel");
      Path settings =
          Files.writeString(
              home.resolve("sentinel.conf"),
              """
              port %1$d
              bind 127.0.0.1
              dir %2$s
              sentinel monitor %3$s 127.0.0.1 %4$d 1
              sentinel down-after-milliseconds %3$s 500
              sentinel failover-timeout %3$s 5000
              """
                  .formatted(port, home, MASTER, master.port()));
      process =
          new ProcessBuilder(TestRedis.executable().getPath(), settings.toString(), "--sentinel")
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("sentinel.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    Awaitility.await("sentinel at port " + port).until(this::knowsAReplica);
  }

  RedisURI uri() {
    return RedisURI.Builder.sentinel("127.0.0.1", port, MASTER).build();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
    TestServers.deleteTree(home);
  }

  private boolean knowsAReplica() {
    try (RedisClient client = RedisClient.create(uri());
        StatefulRedisSentinelConnection<String, String> connection = client.connectSentinel()) {
      Map<String, String> master = connection.sync().master(MASTER);
      return Integer.parseInt(master.get("num-slaves")) > 0;
    } catch (RuntimeException e) {
      return false;
    }
  }
}
