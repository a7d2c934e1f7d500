package io.crossfade.router;

import io.crossfade.db.DbSettings;
import io.crossfade.db.TestServers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A router in a process of its own, that a test can kill. */
final class RouterProcess implements AutoCloseable {

  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);

  private final int port = TestServers.freePort();
  private final Path log;
  private final Process process;

  RouterProcess(Class<?> main, List<String> arguments) {
    try {
      log = Files.createTempFile("crossfade-router", ".log");
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-Xmx256m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  main.getName()));
      command.addAll(arguments);
      command.add("--server.port=" + port);
      command.add("--management.server.port=0");
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  static List<String> arguments(DbSettings schemas, int redisPort, String keyPrefix) {
    return TestRouterApplication.arguments(
        schemas,
        redisPort,
        List.of("--crossfade.stream.key-prefix=" + keyPrefix, "--crossfade.stream.claim-idle=1s"));
  }

  /** Waits until it answers. */
  Http http() {
    Awaitility.await("router, see " + log)
        .atMost(START_TIMEOUT)
        .until(() -> !process.isAlive() || log().contains("Started RouterApplication"));
    if (!process.isAlive()) {
      throw new IllegalStateException("The router did not start:\n" + log());
    }
    return new Http(port);
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** {@code kill}; returns the exit code. */
  int stop() {
    process.destroy();
    return process.onExit().join().exitValue();
  }

  @Override
  public void close() {
    kill();
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
