package io.crossfade.router.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.crossfade.db.CutLink;
import io.crossfade.db.DatabaseProcess;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.TestServers;
import io.crossfade.router.Http;
import io.crossfade.router.TestRouterApplication;
import io.crossfade.stream.TestRedis;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/**
 * Everything that runs: a database and a Redis of their own, reached through links that lose
 * packets when asked to, two routers and a worker from the packaged jars.
 */
final class Site implements Closeable {

  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final String DISK_SIZE = "768m";
  private static final long ROOM = 4L << 30;

  final DatabaseProcess database;
  final CutLink databaseLink;
  final TestRedis redis;
  final CutLink redisLink;
  final DbSettings schemas;
  final List<JarProcess> routers;
  final JarProcess worker;
  final Switches switches = new Switches(this);
  final Path disk;
  private final boolean smallDisk;
  private final Path home;

  /**
   * @param smallDisk whether the database gets a disk that may be filled, which takes root
   */
  Site(boolean smallDisk) throws IOException {
    home = Files.createDirectories(Path.of("target", "campaign")).toAbsolutePath();
    disk = Files.createTempDirectory(room(), "crossfade-disk");
    this.smallDisk = smallDisk;
    if (smallDisk) {
      mountSmallDisk();
    }
    database = new DatabaseProcess(Files.createDirectory(disk.resolve("database")));
    databaseLink = new CutLink(database.port());
    redis = new TestRedis();
    redisLink = new CutLink(redis.port());
    schemas = database.newSchemasBehind(databaseLink);
    Path router = JarProcess.built(Path.of("target"), "router-[\\d.]+(-SNAPSHOT)?\\.jar");
    Path jar =
        JarProcess.built(
            Path.of("..", "stream-pipeline", "target"), "stream-pipeline-.*-worker\\.jar");
    routers =
        List.of(
            new JarProcess("router-a", router, arguments(), home),
            new JarProcess("router-b", router, arguments(), home));
    worker = new JarProcess("worker", jar, arguments(), home);
    try {
      processes().forEach(JarProcess::awaitStart);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Memory where there is enough of it: a disk that other builds keep busy takes minutes. */
  private static Path room() {
    Path memory = Path.of("/dev/shm");
    return Files.isWritable(memory) && memory.toFile().getUsableSpace() > ROOM
        ? memory
        : Path.of(System.getProperty("java.io.tmpdir"));
  }

  /** A disk that a test may fill without taking anybody else's room. */
  private void mountSmallDisk() throws IOException {
    run("mount", "-t", "tmpfs", "-o", "size=" + DISK_SIZE, "tmpfs", disk.toString());
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).inheritIO().start();
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException("Cannot " + String.join(" ", command) + ": a full disk needs root");
    }
  }

  private List<String> arguments() {
    List<String> own =
        new ArrayList<>(
            TestRouterApplication.arguments(
                schemas,
                redisLink.port(),
                List.of(
                    "--crossfade.stream.key-prefix=" + RedisFaults.PREFIX,
                    "--crossfade.stream.claim-idle=2s",
                    "--crossfade.rollout.initial=legacy",
                    "--crossfade.rollout.automatic-rollback=",
                    "--crossfade.rollout.compare-every=5s",
                    "--crossfade.accounting.directory=" + home.resolve("journal"),
                    "--crossfade.accounting.every=500ms",
                    "--crossfade.reconciler.nightly.cron=-",
                    "--crossfade.reconciler.settle=1s")));
    // As a user has them, not as tests on a slow machine do.
    own.removeIf(argument -> argument.contains("append-timeout") || argument.contains("slow-call"));
    return own;
  }

  List<JarProcess> processes() {
    List<JarProcess> all = new ArrayList<>(routers);
    all.add(worker);
    return all;
  }

  String schema(DbSettings.Schema schema) {
    return TestDatabase.nameOf(schema);
  }

  /** A router that is up. */
  Http api() {
    return routers.stream().filter(JarProcess::isAlive).findFirst().orElseThrow().http();
  }

  /** The flags as a router says that they are. */
  static JsonNode rollout(JarProcess router) {
    return router.http().get("/api/rollout").json();
  }

  /** The stage of every kind on every router. */
  List<String> stages() {
    List<String> stages = new ArrayList<>();
    for (JarProcess router : routers) {
      rollout(router).path("kinds").forEach(kind -> stages.add(kind.path("stage").asText()));
    }
    return stages;
  }

  /** Waits until every server answers; no process may have ended by itself. */
  void awaitWhole() {
    for (JarProcess process : processes()) {
      if (!process.isAlive()) {
        throw new IllegalStateException(process.name() + " has ended, see " + process.log());
      }
    }
    Awaitility.await("all is well")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .until(
            () ->
                routers.stream()
                    .allMatch(
                        router ->
                            rollout(router).path("version").asLong() > 0
                                && router.http().get("/api/stream_stats").status() == 200));
  }

  /** Nothing is held in memory, waits in Redis, or is not accounted for, as the product says. */
  boolean drained() {
    return routers.stream().mapToDouble(router -> router.sum("crossfade_legacy_held")).sum() == 0
        && routers.getFirst().sum("crossfade_stream_waiting") == 0
        && routers.getFirst().sum("crossfade_stream_pending") == 0;
  }

  /** Whether a journal of what was accepted waits to be accounted for. */
  boolean unaccounted() {
    return routers.stream()
        .anyMatch(router -> router.sum("crossfade_reconciler_journal_open") != 0);
  }

  /** Whether both routers say that nothing in them has died or fails; the worker has no page. */
  boolean healthy() {
    return routers.stream().allMatch(JarProcess::isHealthy);
  }

  @Override
  public void close() throws IOException {
    processes().forEach(JarProcess::close);
    redis.close();
    redisLink.close();
    databaseLink.close();
    database.close();
    if (smallDisk) {
      run("umount", "-l", disk.toString());
    }
    TestServers.deleteTree(disk);
  }

  /** What an operator needs to know of each process when something is wrong. */
  Map<String, Path> logs() {
    Map<String, Path> logs = new java.util.TreeMap<>();
    processes().forEach(process -> logs.put(process.name(), process.log()));
    return logs;
  }
}
