package io.crossfade.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.crossfade.db.CutLink;
import io.crossfade.db.DbSettings;
import io.crossfade.db.TestDatabase;
import io.crossfade.db.process.FatalErrors;
import io.crossfade.db.process.StopDeadline;
import io.crossfade.stream.StreamWorker;
import io.crossfade.stream.TestRedis;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM ends a process within its time, whatever hangs. */
class StopIT {

  /** Long enough for an orderly stop on a busy machine would be a minute; here it shall be over. */
  private static final String TIMEOUT = "--crossfade.stop.timeout=10s";

  @Test
  void withRedisStoppedInItsTracksTheQueueIsWrittenAndTheProcessEnds() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    try (TestRedis redis = new TestRedis()) {
      try (RouterProcess router = router(schemas, redis.port())) {
        upload(router.http(), 200);
        redis.hang();
        assertThat(router.stop()).isIn(143, StopDeadline.EXIT_CODE);
        assertThat(router.log()).contains("Legacy health queue drained, 200 records written");
      } finally {
        redis.goOn();
      }
    }
  }

  @Test
  void withTheDatabaseStoppedInItsTracksWhatWasLeftIsSaid() throws Exception {
    try (CutLink link = new CutLink(TestDatabase.port())) {
      try (RouterProcess router =
          router(TestDatabase.newSchemasBehind(link), TestRedis.sharedPort())) {
        Http http = router.http();
        // On new connections too: the router finds out which of its old ones are dead.
        link.swallow();
        upload(http, 50);
        assertThat(router.stop()).isEqualTo(StopDeadline.EXIT_CODE);
        assertThat(router.log())
            .contains("The stop took longer than 10 s")
            .contains("Left: 50 health records of the memory queue");
      } finally {
        link.flow();
      }
    }
  }

  @Test
  void workerWithRedisStoppedInItsTracksEnds() throws Exception {
    DbSettings schemas = TestDatabase.newSchemas();
    try (TestRedis redis = new TestRedis()) {
      try (RouterProcess worker =
          new RouterProcess(
              StreamWorker.class,
              RouterProcess.arguments(schemas, redis.port(), TestRedis.newPrefix(), TIMEOUT))) {
        worker.awaitStart();
        redis.hang();
        assertThat(worker.stop()).isIn(143, StopDeadline.EXIT_CODE);
      } finally {
        redis.goOn();
      }
    }
  }

  @Test
  void routerThatRunsOutOfMemoryEndsByItself(@TempDir Path directory) throws Exception {
    Path trigger = directory.resolve("now");
    try (RouterProcess router =
        new RouterProcess(
            RouterApplication.class,
            hogged(directory, trigger + MemoryHog.THROWS),
            RouterProcess.arguments(
                TestDatabase.newSchemas(), TestRedis.sharedPort(), TestRedis.newPrefix()))) {
      router.awaitStart();
      Files.createFile(trigger);
      assertThat(router.awaitEnd()).isEqualTo(FatalErrors.EXIT_CODE);
    }
  }

  /**
   * The jar, and not the JVM's own option: whoever first misses memory ends the process; if nobody
   * does, the signal ends it, and its deadline when that hangs. It had once been there for 17
   * minutes more.
   */
  @Test
  void packagedRouterWhoseMemoryIsGoneEndsWhenItIsTold(@TempDir Path directory) throws Exception {
    Path trigger = directory.resolve("now");
    try (RouterProcess router =
        RouterProcess.ofJar(
            RouterProcess.jar()
                .orElseThrow(
                    () -> new IllegalStateException("No jar in target: run mvn package first")),
            hogged(directory, trigger.toString()),
            RouterProcess.arguments(
                TestDatabase.newSchemas(),
                TestRedis.sharedPort(),
                TestRedis.newPrefix(),
                TIMEOUT))) {
      upload(router.http(), 20);
      Files.createFile(trigger);
      await()
          .atMost(Duration.ofMinutes(3))
          .until(() -> !router.isAlive() || router.log().contains("memory is gone"));
      assertThat(router.stop()).isIn(FatalErrors.EXIT_CODE, StopDeadline.EXIT_CODE, 143);
    }
  }

  /** Options of a JVM in which an agent takes all memory. */
  private static List<String> hogged(Path directory, String argument) throws IOException {
    Path agent = agent(directory.resolve("hog.jar"));
    return List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-javaagent:" + agent + "=" + argument);
  }

  private static Path agent(Path jar) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Premain-Class", MemoryHog.class.getName());
    String name = MemoryHog.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        InputStream in =
            Objects.requireNonNull(MemoryHog.class.getClassLoader().getResourceAsStream(name))) {
      out.putNextEntry(new JarEntry(name));
      in.transferTo(out);
    }
    return jar;
  }

  private static RouterProcess router(DbSettings schemas, int redisPort) {
    return new RouterProcess(
        RouterApplication.class,
        RouterProcess.arguments(
            schemas,
            redisPort,
            TestRedis.newPrefix(),
            TIMEOUT,
            "--crossfade.rollout.initial=legacy"));
  }

  private static void upload(Http http, int uploads) {
    for (int second = 0; second < uploads; second++) {
      assertThat(http.post("/upload_health_data", Http.health("STOP", second)).status())
          .isEqualTo(200);
    }
  }
}
