package io.crossfade.router;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestServers;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A router in a process of its own, that a test can kill. */
public final class RouterProcess implements AutoCloseable {

  /** A JVM that does not live long. */
  static final List<String> SMALL =
      List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError");

  private static final Duration START_TIMEOUT = Duration.ofMinutes(4);

  private final int port = TestServers.freePort();
  private final int managementPort = TestServers.freePort();
  private final Path log;
  private final Process process;

  RouterProcess(Class<?> main, List<String> arguments) {
    this(main, SMALL, arguments);
  }

  /**
   * @param jvm options of the JVM, for example {@code -Xmx512m}
   */
  public RouterProcess(Class<?> main, List<String> jvm, List<String> arguments) {
    this(jvm, List.of("-cp", System.getProperty("java.class.path"), main.getName()), arguments);
  }

  /** Classes from elsewhere: a router as another build made it. */
  public static RouterProcess of(
      String classPath, Class<?> main, List<String> jvm, List<String> arguments) {
    return new RouterProcess(jvm, List.of("-cp", classPath, main.getName()), arguments);
  }

  /** The packaged jar, as an operator starts it. */
  static RouterProcess ofJar(Path jar, List<String> jvm, List<String> arguments) {
    return new RouterProcess(jvm, List.of("-jar", jar.toString()), arguments);
  }

  /** The packaged jar, where there is one: an editor makes none, and runs the same classes. */
  static RouterProcess packaged(List<String> jvm, List<String> arguments) {
    return jar()
        .map(jar -> ofJar(jar, jvm, arguments))
        .orElseGet(() -> new RouterProcess(RouterApplication.class, jvm, arguments));
  }

  /**
   * A packaged jar with more jars in a directory beside it; where none is packaged, the same
   * classes.
   *
   * @param jar see {@link #jar}
   * @param jvm options of the JVM
   */
  public static RouterProcess beside(
      Path directory, Optional<Path> jar, Class<?> main, List<String> jvm, List<String> arguments) {
    return new RouterProcess(jvm, beside(directory, jar, main), arguments);
  }

  /** What a JVM is told to start it. */
  static List<String> beside(Path directory, Optional<Path> jar, Class<?> main) {
    return jar.map(packaged -> List.of("-Dloader.path=" + directory, "-jar", packaged.toString()))
        .orElseGet(
            () ->
                List.of(
                    "-cp",
                    System.getProperty("java.class.path")
                        + File.pathSeparator
                        + directory
                        + File.separator
                        + "*",
                    main.getName()));
  }

  /** The packaged jar; empty before {@code mvn package}. */
  static Optional<Path> jar() {
    return jar("target", "router-[\\d.]+(-SNAPSHOT)?\\.jar");
  }

  /** What a module has packaged; empty before {@code mvn package}. */
  static Optional<Path> jar(String target, String pattern) {
    File[] jars = new File(target).listFiles((in, name) -> name.matches(pattern));
    return Stream.ofNullable(jars).flatMap(Stream::of).map(File::toPath).findFirst();
  }

  private RouterProcess(List<String> jvm, List<String> program, List<String> arguments) {
    try {
      log = Files.createTempFile("crossfade-router", ".log");
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED"));
      command.addAll(jvm);
      command.addAll(program);
      command.addAll(arguments);
      command.add("--server.port=" + port);
      command.add("--management.server.port=" + managementPort);
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

  /** What a router must be told of its servers; {@code more} wins. */
  public static List<String> arguments(
      DbSettings schemas, int redisPort, String keyPrefix, String... more) {
    List<String> own = new ArrayList<>();
    own.add("--crossfade.stream.key-prefix=" + keyPrefix);
    own.add("--crossfade.stream.claim-idle=1s");
    own.addAll(List.of(more));
    return TestRouterApplication.arguments(schemas, redisPort, own);
  }

  /** Waits until it accepts. */
  public void awaitStart() {
    Awaitility.await("router, see " + log)
        .atMost(START_TIMEOUT)
        .until(() -> !process.isAlive() || log().contains("Started "));
    if (!process.isAlive()) {
      throw new IllegalStateException("The router did not start:\n" + log());
    }
  }

  /** Waits until it accepts. */
  public Http http() {
    awaitStart();
    return new Http(port);
  }

  /** What it publishes, in the text form of Prometheus. */
  public String metrics() {
    return new Http(managementPort).get("/actuator/prometheus").raw().body();
  }

  /** What it says of its health. */
  JsonNode health() {
    return new Http(managementPort).get("/actuator/health").json();
  }

  /** Sum of a metric over all its tags. */
  public double sum(String metric) {
    return metrics()
        .lines()
        .filter(line -> line.startsWith(metric + "{") || line.startsWith(metric + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  public int port() {
    return port;
  }

  /** Memory that the process occupies, KiB, as Linux counts it; 0 elsewhere. */
  public long residentKib() throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    return Files.exists(status)
        ? Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
            .sum()
        : 0;
  }

  /** Bytes of what its heap holds, once garbage is collected, which this makes it do. */
  long liveHeap() throws IOException {
    return jcmd("GC.class_histogram")
        .lines()
        .filter(line -> line.startsWith("Total "))
        .mapToLong(line -> Long.parseLong(line.strip().split("\\s+")[2]))
        .findFirst()
        .orElseThrow(() -> new IOException("jcmd names no total"));
  }

  /** How many objects of a class its heap holds, once garbage is collected. */
  long instances(String name) throws IOException {
    return jcmd("GC.class_histogram")
        .lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(line -> line.length > 3 && line[3].equals(name))
        .mapToLong(line -> Long.parseLong(line[1]))
        .sum();
  }

  /**
   * What its heap holds most of, once garbage is collected: count, bytes and class, a line each.
   */
  String largestClasses() throws IOException {
    return jcmd("GC.class_histogram").lines().limit(14).collect(Collectors.joining("\n"));
  }

  private String jcmd(String command) throws IOException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(process.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (jcmd.onExit().orTimeout(5, TimeUnit.MINUTES).join().exitValue() != 0) {
      throw new IOException("jcmd cannot reach " + process.pid() + ": " + said);
    }
    return said;
  }

  public String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until it ends by itself; returns the exit code. */
  public int awaitEnd() {
    return process.onExit().orTimeout(5, TimeUnit.MINUTES).join().exitValue();
  }

  /** {@code kill -9}. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  /** {@code kill -STOP}: it does nothing and keeps its connections. */
  void hang() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-STOP", String.valueOf(process.pid())).start().waitFor();
  }

  /** {@code kill}; returns the exit code. */
  int stop() {
    process.destroy();
    return awaitEnd();
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
