package io.crossfade.router.campaign;

import io.crossfade.db.TestServers;
import io.crossfade.router.Http;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A packaged jar that runs as a process, as an operator starts it. */
final class JarProcess implements Closeable {

  private static final Duration START_TIMEOUT = Duration.ofSeconds(600);
  private static final Path CLOCK_LIBRARY =
      Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");

  private final String name;
  private final Path jar;
  private final List<String> arguments;
  private final Path home;
  private final int port = TestServers.freePort();
  private final int managementPort = TestServers.freePort();
  private Process process;

  /**
   * @param home where its log and its clock are
   */
  JarProcess(String name, Path jar, List<String> arguments, Path home) {
    this.name = name;
    this.jar = jar;
    this.arguments = arguments;
    this.home = home;
    this.process = launch();
    Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
  }

  /** The one jar of that name that the build has made, for example {@code router-*.jar}. */
  static Path built(Path target, String pattern) {
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches(pattern))
          .findFirst()
          .orElseThrow(
              () -> new IllegalStateException("No jar in " + target + ": run mvn package first"))
          .toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String name() {
    return name;
  }

  int port() {
    return port;
  }

  Http http() {
    return new Http(port);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Starts it again. */
  void start() {
    process = launch();
  }

  /** The same on a clock that is wrong by so much; {@link #stepClock} moves it later. */
  void startOnClock(Duration offset) {
    if (!Files.exists(CLOCK_LIBRARY)) {
      throw new IllegalStateException(
          "No " + CLOCK_LIBRARY + ": clocks are stepped by the Debian package faketime");
    }
    stepClock(offset);
    process =
        launch(
            "LD_PRELOAD=" + CLOCK_LIBRARY,
            "FAKETIME_TIMESTAMP_FILE=" + clock(),
            "FAKETIME_CACHE_DURATION=1",
            "FAKETIME_DONT_FAKE_MONOTONIC=1");
  }

  void stepClock(Duration offset) {
    try {
      Files.writeString(clock(), "%+d\n".formatted(offset.toSeconds()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until it says that it is up. */
  void awaitStart() {
    Awaitility.await(name + ", see " + log())
        .atMost(START_TIMEOUT)
        .until(() -> !process.isAlive() || lastLog().contains("Started "));
    if (!process.isAlive()) {
      throw new IllegalStateException(name + " did not start:\n" + lastLog());
    }
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** {@code kill}, and {@code kill -9} when it is still there after its time. */
  boolean stop(Duration time) {
    process.destroy();
    try {
      if (process.waitFor(time.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
    return false;
  }

  void hang() {
    TestServers.signal(process, "STOP");
  }

  void goOn() {
    TestServers.signal(process, "CONT");
  }

  /** Sum of a metric over all its tags; NaN while it does not say. */
  double sum(String metric) {
    try {
      return new Http(managementPort)
          .get("/actuator/prometheus")
          .raw()
          .body()
          .lines()
          .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IllegalStateException e) {
      return Double.NaN;
    }
  }

  boolean isHealthy() {
    return new Http(managementPort).get("/actuator/health").status() == 200
        && new Http(managementPort)
            .get("/actuator/health")
            .json()
            .path("status")
            .asText()
            .equals("UP");
  }

  /** Where everything that it has said stands. */
  Path log() {
    return home.resolve(name + ".log");
  }

  @Override
  public void close() {
    goOn();
    kill();
  }

  private Path clock() {
    return home.resolve(name + ".clock");
  }

  /** What it said since it was last started. */
  private String lastLog() {
    try {
      String all = Files.readString(log());
      return all.substring(all.lastIndexOf(STARTING) + STARTING.length());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final String STARTING = "=== starting ===";

  private Process launch(String... environment) {
    try {
      Files.writeString(
          log(),
          "\n" + STARTING + "\n",
          java.nio.file.StandardOpenOption.CREATE,
          java.nio.file.StandardOpenOption.APPEND);
      List<String> command = new ArrayList<>();
      if (environment.length > 0) {
        command.add("env");
        command.addAll(List.of(environment));
      }
      command.addAll(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "--enable-native-access=ALL-UNNAMED",
              "-XX:TieredStopAtLevel=1",
              "-XX:+ExitOnOutOfMemoryError",
              "-Xmx320m",
              "-jar",
              jar.toString()));
      command.addAll(arguments);
      command.add("--server.port=" + port);
      command.add("--management.server.port=" + managementPort);
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
