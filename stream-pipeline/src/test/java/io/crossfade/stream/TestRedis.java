package io.crossfade.stream;

import io.crossfade.db.DockerServers;
import io.crossfade.db.TestServers;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.Closeable;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import redis.embedded.core.ExecutableProvider;

/**
 * Redis servers for tests. One is shared by a JVM, where tests are kept apart by key prefix: at
 * {@code -Dcrossfade.test.redis-port} when given, in Docker when an engine answers, else a process
 * of its own, from a redis-server 7 or later on the PATH or out of a Maven artifact. A test that
 * stops and starts its server takes a process for itself.
 */
public final class TestRedis implements Closeable {

  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);
  private static final AtomicInteger PREFIXES = new AtomicInteger();

  private static final class Shared {
    private static final int PORT = port();

    private static int port() {
      Integer given = Integer.getInteger("crossfade.test.redis-port");
      if (given != null) {
        return given;
      }
      if (DockerServers.available()) {
        return DockerServers.startRedis();
      }
      return new TestRedis().port();
    }
  }

  private final File executable;
  private final Path home;
  private final int port;
  private Process process;

  /**
   * Starts a server that keeps every append that it confirmed, also when it is killed, on a free
   * port, gone with the JVM.
   *
   * @param more options and their values, for this first start
   */
  public TestRedis(String... more) {
    this(TestServers.freePort(), more);
  }

  private TestRedis(int port, String... more) {
    try {
      this.executable = executable();
      this.home = Files.createTempDirectory("crossfade-redis");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    this.port = port;
    this.process = launch(more);
    awaitAnswer();
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  /** Starts one as a node of a cluster that has nobody else, and serves no slot. */
  public static TestRedis loneNode(String... more) {
    List<String> options = new ArrayList<>(List.of(more));
    options.addAll(List.of("--cluster-enabled", "yes"));
    return new TestRedis(
        TestServers.freePort(10_000 /* above it nodes talk to each other */),
        options.toArray(String[]::new));
  }

  /** Port of the server that all tests of this JVM share. */
  public static int sharedPort() {
    return Shared.PORT;
  }

  /** A key prefix that no other test has. */
  public static String newPrefix() {
    return "t" + ProcessHandle.current().pid() + "-" + PREFIXES.incrementAndGet() + ":";
  }

  public int port() {
    return port;
  }

  /**
   * Starts the stopped server again with what it had kept.
   *
   * @param more options and their values
   */
  public void start(String... more) {
    process = launch(more);
    awaitAnswer();
  }

  /** The same, and waits for nothing: until it has read what it kept, it answers LOADING. */
  public void startSlowly(Duration perKey) {
    process = launch("--key-load-delay", String.valueOf(perKey.toNanos() / 1_000));
  }

  /** Stops answering without closing a connection. */
  public void hang() {
    TestServers.signal(process, "STOP");
  }

  /** Goes on where it hung. */
  public void goOn() {
    TestServers.signal(process, "CONT");
  }

  /** Sends a command as its administrator. */
  public void command(Consumer<RedisCommands<String, String>> command) {
    try (RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        StatefulRedisConnection<String, String> connection = client.connect()) {
      command.accept(connection.sync());
    }
  }

  /** Ends the server as a power failure would. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Ends the server in order. */
  public void stop() {
    process.destroy();
    process.onExit().join();
  }

  @Override
  public void close() {
    goOn();
    process.destroy();
    process.onExit().join();
    TestServers.deleteTree(home);
  }

  private void awaitAnswer() {
    Awaitility.await("Redis at port " + port).atMost(START_TIMEOUT).until(this::answers);
  }

  private Process launch(String... more) {
    try {
      List<String> command =
          new ArrayList<>(
              List.of(
                  executable.getPath(),
                  "--port",
                  String.valueOf(port),
                  "--bind",
                  "127.0.0.1",
                  "--dir",
                  home.toString(),
                  "--appendonly",
                  "yes",
                  "--appendfsync",
                  "always",
                  "--save",
                  "",
                  "--maxmemory-policy",
                  "noeviction"));
      command.addAll(List.of(more));
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(home.resolve("redis.log").toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() {
    try (RedisClient client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        StatefulRedisConnection<String, String> connection = client.connect()) {
      return "PONG".equals(connection.sync().ping());
    } catch (RuntimeException e) {
      return false;
    }
  }

  static File executable() throws IOException {
    try {
      File installed = ExecutableProvider.newExecutableInPath("redis-server").get();
      if (majorVersion(installed) >= 7) {
        return installed;
      }
    } catch (FileNotFoundException e) {
      // not installed: the bundled one serves
    }
    return ExecutableProvider.newJarResourceProvider().get();
  }

  private static int majorVersion(File executable) throws IOException {
    Process version = new ProcessBuilder(executable.getPath(), "--version").start();
    String answer = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return Integer.parseInt(answer.replaceAll("(?s).*v=(\\d+)\\..*", "$1"));
  }
}
